//! floorwalk's entry: arguments, logging, panic hook, hand over.

fn main() {}
