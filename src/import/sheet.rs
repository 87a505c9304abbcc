//! A CSV file as people have it: in the encoding and with the separator of whatever wrote it, and with columns in any
//! order, known by their names.

use std::io::Cursor;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::Kind;
use crate::error::{Error, Result};
use crate::text::{Country, Phone, PhoneInput};
use crate::web::cell::as_written;

/// A file, read row by row.
pub(super) struct Sheet {
    /// Which field each column is, where it is one.
    columns: Vec<Option<&'static str>>,
    /// The names of the others.
    pub(super) unused: Vec<String>,
    rows: csv::Reader<Cursor<String>>,
}

/// A row of it.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Where it begins, as people count lines.
    pub(super) line: i32,
    /// What is filled in.
    pub(super) cells: Vec<(&'static str, String)>,
    /// Why it can't be read.
    pub(super) fault: Option<String>,
    /// Its phone, where it has one that can be read: once, because that is most of the work.
    pub(super) phone: Option<Phone>,
}

/// The field of the form that programs and pages fill in, and what its column may be called. Only letters and digits
/// count, in either case.
type Names = &'static [(&'static str, &'static [&'static str])];

const CUSTOMER: Names = &[
    ("id", &["id", "customerid"]),
    ("first_name", &["firstname", "first", "givenname"]),
    ("last_name", &["lastname", "last", "surname", "familyname"]),
    ("name", &["name", "fullname", "customer", "customername"]),
    ("phone", &["phone", "phonenumber", "mobile", "mobilephone", "cell", "cellphone", "telephone"]),
    ("email", &["email", "emailaddress", "mailaddress"]),
    ("address.line1", &["street", "address", "address1", "addressline1", "line1", "streetaddress"]),
    ("address.line2", &["street2", "address2", "addressline2", "line2", "suite", "unit"]),
    ("address.city", &["city", "town"]),
    ("address.state", &["state", "province", "region"]),
    ("address.postal_code", &["zip", "zipcode", "postalcode", "postcode"]),
    ("address.country", &["country", "countrycode"]),
    ("sms_opt_in", &["texts", "smsoptin", "sms", "maybetexted"]),
    ("email_opt_in", &["mail", "emailoptin", "maybemailed"]),
];

const VEHICLE: Names = &[
    ("id", &["id", "vehicleid"]),
    ("customer_id", &["customerid", "ownerid"]),
    ("customer_phone", &["customerphone", "ownerphone", "phone", "mobile", "cell"]),
    ("customer_email", &["customeremail", "owneremail", "email"]),
    ("year", &["year", "modelyear"]),
    ("make", &["make", "manufacturer"]),
    ("model", &["model"]),
    ("license_plate", &["plate", "licenseplate", "license", "tag", "registration"]),
    ("vin", &["vin", "vinnumber", "chassisnumber"]),
    ("color", &["color", "colour"]),
    ("mileage", &["mileage", "odometer", "miles", "kilometers", "km"]),
    ("powertrain", &["powertrain", "fuel", "engine"]),
];

impl Sheet {
    /// Opens a file, or says why it is none that could be imported.
    pub(super) fn open(bytes: Vec<u8>, kind: Kind) -> Result<Self> {
        // Lines are counted by their ends, of which Windows writes two.
        let text = decoded(bytes)?.replace("\r\n", "\n");
        let delimiter = delimiter(&text);
        let mut rows = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(Cursor::new(text));
        let names = match kind {
            Kind::Customers => CUSTOMER,
            Kind::Vehicles => VEHICLE,
        };
        let header = rows.headers().map_err(|_| unreadable("can't be read as CSV"))?.clone();
        let mut sheet = Self { columns: Vec::new(), unused: Vec::new(), rows };
        for called in &header {
            let field = field(called, names).filter(|field| !sheet.columns.contains(&Some(field)));
            if field.is_none() && !called.trim().is_empty() {
                sheet.unused.push(called.trim().chars().take(60).collect());
            }
            sheet.columns.push(field);
        }
        if sheet.columns.iter().all(Option::is_none) {
            return Err(unreadable("has no column that we know: its first line has to name them, such as Phone"));
        }
        sheet.unused.truncate(50);
        Ok(sheet)
    }

    /// The next rows; none where it is at its end.
    pub(super) fn next_rows(&mut self, most: usize) -> Vec<Row> {
        let mut record = csv::StringRecord::new();
        let mut rows = Vec::new();
        while rows.len() < most {
            match self.rows.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(_) => continue,
            }
            if !record.iter().all(|cell| cell.trim().is_empty()) {
                rows.push(self.row(&record));
            }
        }
        rows
    }

    fn row(&self, record: &csv::StringRecord) -> Row {
        let line = record.position().map_or(0, csv::Position::line);
        let line = i32::try_from(line).unwrap_or(i32::MAX);
        let named = self.columns.iter().zip(record).filter_map(|(field, cell)| Some(((*field)?, cell)));
        let cells = named.map(|(field, cell)| (field, as_written(cell.trim()).to_owned()));
        let cells = cells.filter(|(_, cell)| !cell.is_empty()).collect();
        Row { line, cells, fault: self.fault(record), phone: None }
    }

    fn fault(&self, record: &csv::StringRecord) -> Option<String> {
        let (has, wants) = (record.len(), self.columns.len());
        if record.iter().any(|cell| cell.trim().contains(['\n', '\r'])) {
            return Some("A cell has a line break in it: a quotation mark is probably missing.".to_owned());
        }
        let is_ragged = has < wants || record.iter().skip(wants).any(|cell| !cell.trim().is_empty());
        is_ragged.then(|| format!("It has {has} cells where the first line names {wants}."))
    }
}

impl Row {
    /// What stands in a column; nothing where that is empty.
    pub(super) fn cell(&self, field: &str) -> Option<&str> {
        self.cells.iter().find(|(name, _)| *name == field).map(|(_, cell)| cell.as_str())
    }

    /// Reads the phone in this column as people of this country write it.
    pub(super) fn read_phone(&mut self, field: &str, country: Country) {
        let typed = self.cell(field).map(|phone| PhoneInput::from(phone.to_owned()));
        self.phone = typed.and_then(|typed| typed.parse(country).ok());
    }

    /// Yes and no in the words that forms use; anything else as it is, to be refused by them.
    pub(super) fn yes_or_no(&mut self, field: &str) {
        for (_, cell) in self.cells.iter_mut().filter(|(name, _)| *name == field) {
            match cell.to_lowercase().as_str() {
                "yes" | "y" | "1" | "true" => "true".clone_into(cell),
                "no" | "n" | "0" | "false" => "false".clone_into(cell),
                _ => {}
            }
        }
    }
}

/// What is wrong with the file as a whole.
pub(super) fn unreadable(why: &str) -> Error {
    Error::invalid("file", why)
}

fn field(called: &str, names: Names) -> Option<&'static str> {
    let plain: String = called.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    names.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(field, _)| *field)
}

/// The text of a file. Where nothing says in what it is encoded it is UTF-8 or, where it can't be, what Windows wrote
/// before that, in which every file can be read.
fn decoded(bytes: Vec<u8>) -> Result<String> {
    let Some((encoding, _)) = Encoding::for_bom(&bytes) else {
        return String::from_utf8(bytes).or_else(|other| older(other.as_bytes()));
    };
    let (text, _, is_broken) = encoding.decode(&bytes);
    if is_broken && encoding != UTF_8 {
        return Err(unreadable("is broken: save it as CSV, in UTF-8"));
    }
    Ok(text.into_owned())
}

/// The text of a file that is not in UTF-8, unless it is no text at all, or two bytes a letter and no mark that says so.
fn older(bytes: &[u8]) -> Result<String> {
    if bytes.contains(&0) {
        return Err(unreadable("is no text: save it as CSV, in UTF-8"));
    }
    Ok(WINDOWS_1252.decode(bytes).0.into_owned())
}

/// What separates cells: whatever of the three stands most often in the first line, outside of quotation marks.
fn delimiter(text: &str) -> u8 {
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in text.bytes().take_while(|byte| *byte != b'\n') {
        is_quoted ^= byte == b'"';
        for (_, count) in counts.iter_mut().filter(|(separator, _)| !is_quoted && *separator == byte) {
            *count += 1;
        }
    }
    // The first of two that stand as often is the comma.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(bytes: impl Into<Vec<u8>>) -> Sheet {
        Sheet::open(bytes.into(), Kind::Customers).unwrap_or_else(|error| panic!("{error}"))
    }

    fn cells(bytes: impl Into<Vec<u8>>) -> Vec<(i32, String)> {
        let rows = open(bytes).next_rows(10);
        let shown = |row: &Row| row.cells.iter().map(|(field, cell)| format!("{field}={cell}")).collect::<Vec<_>>();
        rows.iter().map(|row| (row.line, shown(row).join(" "))).collect()
    }

    #[test]
    fn columns_are_known_by_name_whatever_separates_them() {
        let expected = [(2, "last_name=Müller phone=555-0142".to_owned())];
        assert_eq!(cells("Last Name,\"Notes, old\",PHONE\r\nMüller,x,555-0142\r\n"), expected);
        assert_eq!(cells("last_name;Notes;phone\nMüller;a, b, c;555-0142"), expected);
        assert_eq!(cells("Surname\tphone number\nMüller\t555-0142\n"), expected);
        assert_eq!(open("Phone,Shoe size,phone\n").unused, ["Shoe size", "phone"]);
    }

    #[test]
    fn a_file_is_read_in_the_encoding_that_it_has() {
        let text = "Name,Phone\r\nJosé,1\r\n";
        let utf_16 = |order: fn(u16) -> [u8; 2]| {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(order).collect::<Vec<u8>>()
        };
        let windows = WINDOWS_1252.encode(text).0.into_owned();
        for bytes in [
            text.into(),
            format!("\u{feff}{text}").into_bytes(),
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
            windows,
        ] {
            assert_eq!(cells(bytes), [(2, "name=José phone=1".to_owned())]);
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let without_mark: Vec<u8> = "Näme,Phone\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let odd = [b"\xff\xfeN\x00\x00\xd8X\x00".to_vec(), b"\x89PNG\r\n\x1a\n\x00\x00".to_vec(), without_mark];
        for bytes in odd.into_iter().chain([Vec::new(), b"\n\n".to_vec(), b"Shoe size\n42\n".to_vec()]) {
            assert!(Sheet::open(bytes.clone(), Kind::Customers).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_row_that_is_broken_says_how() {
        let rows = open("First name,Phone\nRuth,1\nAna\nBo,2,3\nCy,3,,\n\n , \nDee,\"4\nEd,5\n").next_rows(10);
        let faults: Vec<_> = rows.iter().map(|row| (row.line, row.fault.as_deref().unwrap_or_default())).collect();
        let missing = "A cell has a line break in it: a quotation mark is probably missing.";
        let ragged = |has| format!("It has {has} cells where the first line names 2.");
        assert_eq!(faults, [(2, ""), (3, &ragged(1)), (4, &ragged(3)), (5, ""), (8, missing)]);
    }

    #[test]
    fn our_own_mark_is_taken_away_again() {
        assert_eq!(cells("Name,Phone\n'=1+1,'+49 30 1\n"), [(2, "name==1+1 phone=+49 30 1".to_owned())]);
    }
}
