//! The program: command line, configuration, and the composition of the house.
fn main() {}
