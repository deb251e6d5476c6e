//! The program.

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    match demo_service::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("demo-service: {problem}");
            ExitCode::FAILURE
        }
    }
}
