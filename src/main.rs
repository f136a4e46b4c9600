//! The program: command line, configuration, and the composition of the house. No decision about a call is taken here.
#![forbid(unsafe_code)]

#[macro_use]
mod out;

mod cli;
mod compose;
mod config;
mod demo;
mod embedded;
mod household;
mod records;
mod start;
mod town;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
