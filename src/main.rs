//! The command line of `courtesy`.

fn main() {}
