//! The process: everything happens in the library, where tests reach it.

use std::io::Write;

fn main() {
    let code = auth_service::cli::run();
    // Nobody is told who does not read.
    let _ = std::io::stdout().flush();
    // Without what libraries do at the end of a process (`atexit`): it takes away from under
    // threads what those may still use. libpq's OpenSSL, on a thread that is connecting, crashes by
    // it.
    signal_hook::low_level::exit(i32::from(code))
}
