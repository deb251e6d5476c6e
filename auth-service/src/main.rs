//! The process: everything happens in the library, where tests reach it.

fn main() -> std::process::ExitCode {
    auth_service::cli::run()
}
