//! Whatever may be uploaded as a photo.
#![no_main]

mod judge;

libfuzzer_sys::fuzz_target!(|upload: &[u8]| {
    judge::judge(upload);
});
