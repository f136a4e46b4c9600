//! Comma separated values after RFC 4180, pure. Also taken: LF alone, a byte order mark, and the semicolon of spreadsheets in
//! countries with a decimal comma (when the first line has one and no comma outside quotes).
use super::ImportError;

/// Bounds of one file, so that a wrong file is told and not read for ever.
const RECORD_LIMIT: usize = 100_000;
const FIELD_LIMIT: usize = 4096;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvRecord {
    /// Line where it begins, from 1.
    pub line: usize,
    /// Its fields, unquoted.
    pub fields: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// Just after a quote inside a quoted field: its end, or the first half of an escaped one.
    QuoteSeen,
}

struct Parser {
    separator: char,
    state: State,
    line: usize,
    record: CsvRecord,
    field: String,
    records: Vec<CsvRecord>,
}

/// Reads all records; empty lines are left out.
///
/// # Errors
/// The first place where the text is not CSV, or longer than a directory can be.
pub fn parse(text: &str) -> Result<Vec<CsvRecord>, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let record = CsvRecord {
        line: 1,
        fields: Vec::new(),
    };
    let mut parser = Parser {
        separator: separator(text),
        state: State::FieldStart,
        line: 1,
        record,
        field: String::new(),
        records: Vec::new(),
    };
    let mut symbols = text.chars().peekable();
    while let Some(symbol) = symbols.next() {
        // CRLF is one line end; a CR of its own stays a character.
        let ends_line =
            symbol == '\r' && symbols.peek() == Some(&'\n') && parser.state != State::Quoted;
        if !ends_line {
            parser.take(symbol)?;
        }
    }
    parser.end()
}

fn separator(text: &str) -> char {
    let mut quoted = false;
    let mut semicolon = false;
    for symbol in text.lines().next().unwrap_or_default().chars() {
        match symbol {
            '"' => quoted = !quoted,
            ',' if !quoted => return ',',
            ';' if !quoted => semicolon = true,
            _ => {}
        }
    }
    if semicolon { ';' } else { ',' }
}

impl Parser {
    fn take(&mut self, symbol: char) -> Result<(), ImportError> {
        match (self.state, symbol) {
            (State::Quoted, '"') => self.state = State::QuoteSeen,
            (State::Quoted, _) => self.push(symbol)?,
            (State::FieldStart, '"') => self.state = State::Quoted,
            (State::QuoteSeen, '"') => {
                self.push('"')?;
                self.state = State::Quoted;
            }
            (_, separator) if separator == self.separator => self.end_field(),
            (_, '\n') => self.end_record()?,
            (State::QuoteSeen, _) => {
                return Err(self.error("expected a separator after the closing quote"));
            }
            (State::Plain, '"') => {
                return Err(self.error(
                    "a quote inside an unquoted field: expected the whole field in quotes",
                ));
            }
            (State::FieldStart | State::Plain, _) => {
                self.push(symbol)?;
                self.state = State::Plain;
            }
        }
        if symbol == '\n' {
            self.line = self.line.saturating_add(1);
            if self.state == State::FieldStart && self.record.fields.is_empty() {
                self.record.line = self.line;
            }
        }
        Ok(())
    }

    fn push(&mut self, symbol: char) -> Result<(), ImportError> {
        if self.field.len() >= FIELD_LIMIT {
            return Err(self.error("a field of more than 4096 bytes: is a closing quote missing?"));
        }
        self.field.push(symbol);
        Ok(())
    }

    fn end_field(&mut self) {
        self.record.fields.push(std::mem::take(&mut self.field));
        self.state = State::FieldStart;
    }

    fn end_record(&mut self) -> Result<(), ImportError> {
        let empty = self.state == State::FieldStart && self.record.fields.is_empty();
        if empty {
            return Ok(());
        }
        self.end_field();
        if self.records.len() >= RECORD_LIMIT {
            return Err(self.error("more than 100000 records"));
        }
        let next = CsvRecord {
            line: self.line.saturating_add(1),
            fields: Vec::new(),
        };
        self.records.push(std::mem::replace(&mut self.record, next));
        Ok(())
    }

    fn end(mut self) -> Result<Vec<CsvRecord>, ImportError> {
        if self.state == State::Quoted {
            return Err(self.error("a quoted field has no closing quote"));
        }
        self.end_record()?;
        Ok(self.records)
    }

    fn error(&self, message: &str) -> ImportError {
        let line = if self.state == State::Quoted {
            self.record.line
        } else {
            self.line
        };
        ImportError {
            line,
            message: message.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<(usize, Vec<String>)> {
        parse(text)
            .unwrap()
            .into_iter()
            .map(|record| (record.line, record.fields))
            .collect()
    }

    #[test]
    fn quotes_commas_and_line_ends_of_rfc_4180() {
        let text = "\u{feff}a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\n\n\"two\nlines\",\nlast,one";
        let expected = [
            (1, vec!["a", "b"]),
            (2, vec!["x, y", "say \"hi\""]),
            (4, vec!["two\nlines", ""]),
            (6, vec!["last", "one"]),
        ];
        let expected = expected.map(|(line, fields)| {
            (
                line,
                fields.into_iter().map(str::to_owned).collect::<Vec<_>>(),
            )
        });
        assert_eq!(fields(text), expected);
    }

    #[test]
    fn a_spreadsheet_with_semicolons() {
        assert_eq!(fields("a;b\n\"1,5\";2\n")[1].1, ["1,5", "2"]);
        assert_eq!(fields("\"a;b\",c\n")[0].1, ["a;b", "c"]);
    }

    #[test]
    fn mistakes_name_their_line() {
        let line = |text| parse(text).unwrap_err().line;
        assert_eq!(line("a,b\nx\"y,z\n"), 2);
        assert_eq!(line("a,b\n\"x\"y,z\n"), 2);
        assert_eq!(line("a,b\nc,d\n\"open,z\nmore\n"), 3);
        assert_eq!(line(&format!("a\n{}", "x".repeat(5000))), 2);
    }

    #[test]
    fn nothing_is_no_record() {
        assert_eq!(parse("").unwrap(), []);
        assert_eq!(parse("\n\r\n\n").unwrap(), []);
    }
}
