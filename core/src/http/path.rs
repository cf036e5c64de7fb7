//! Request paths in their one normal form.
