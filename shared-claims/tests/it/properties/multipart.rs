//! Property of the page that keeps a form with files: any bytes as its body.

use shared_claims::testing::TestIssuer;
use shared_claims::web::{Context, Denial, RequestInfo, render};

pub fn holds_for(data: &[u8]) {
    let page = |body: &[u8]| {
        let headers = [("content-type", "multipart/form-data; boundary=x"), ("sec-fetch-mode", "navigate")];
        let headers = headers.to_vec();
        let request = RequestInfo::new("POST", "/notes", &headers);
        let denial = Denial::KeepForm { max_age: None };
        render(&denial, &request, &TestIssuer::new().settings(), &Context::at(0), Some(body)).body
    };
    let read = page(data);
    // Whatever is in it, the page has the markup that we wrote, and no more.
    let between = &read[read.find("<main").unwrap()..read.find("<script>").unwrap()];
    for tag in between.split('<').skip(1) {
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        let ours = "a bdi button dd div dl dt footer form h1 iframe input label li main p strong ul";
        assert!(ours.split(' ').any(|ours| ours == name.trim_start_matches('/')), "<{tag}");
    }
    // What follows the form does not change it.
    if read.contains(">Send again</button>") {
        assert_eq!(read, page(&[data, b"\r\nan epilogue"].concat()));
    }
}
