//! A Meta to practise against.
