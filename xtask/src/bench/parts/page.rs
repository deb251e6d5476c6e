//! A page of demo-service for somebody who is logged in, and the same page unverified.

use crate::bench::bed::{Bed, Lengths};
use crate::bench::client;
use crate::bench::instance::{Instance, Served, ms};
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::table::Row;
use crate::bench::{unverified, wrk};
use crate::error::{Error, Result};

pub const PART: Part = Part {
    name: "page",
    title: "A page of a service",
    text: "`GET /` of demo-service with a valid access token, where it greets its reader by name, and the \
           same page unverified: a build of the same sources whose handler draws the page for whom its \
           first request was from, and looks at no login after that. Both get the same requests and send \
           the same bytes, so what lies between them is the verification of a token that was seen before, \
           and the decision by it. The ratio is that of the rates in the same round. Without a cookie the \
           page invites to log in: it is another, shorter page. `GET /private` lets nobody else in.",
    headings: &[
        "",
        "a second",
        "p99 (ms)",
        "for each processor second of the service",
        "× the same page unverified",
        "wrk's share of the processors (%)",
    ],
    make,
};

struct Page {
    demo: Instance,
    unverified: Instance,
    cookie: String,
    // Dropped last: the others fetch its keys.
    _auth: Instance,
}

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    // The token must outlive all rounds.
    let site = Site::sqlite(bed, "page")?.with("BCRYPT_COST", "10").with("ACCESS_TOKEN_LIFETIME", "1h");
    let auth = site.start()?;
    site.make_people(1)?;
    let tokens = client::log_in(&auth.target(), &client::email(0))?;
    let tokens = tokens.ok_or_else(|| Error::new("the service is too busy for a login"))?;
    let cookie = format!("Cookie: __Secure-sso_access={}", tokens.access);
    let demo = site.start_demo(&auth)?;
    let unverified = site.with_demo(unverified::build(bed.folder.path())?).start_demo(&auth)?;
    // The first visit brings the mark of whose the browser's forms are, as every browser has it.
    let (mark, page) = visit(&demo, &cookie)?;
    let cookie = format!("{cookie}; {mark}");
    let (_, same) = visit(&unverified, &cookie)?;
    match page == same {
        true => Ok(Box::new(Page { demo, unverified, cookie, _auth: auth })),
        false => Err(Error::new(format!("the unverified page is another one:\n{page}\n{same}"))),
    }
}

/// The cookie that a visit with a login brings, if any, and the page without its digits: those of
/// ports differ.
fn visit(instance: &Instance, header: &str) -> Result<(String, String)> {
    let answer = client::get(&instance.target(), "/", header)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    if !body.contains("Ada") {
        return Err(Error::new(format!("the page greets nobody: {answer}")));
    }
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    let body = body.chars().filter(|c| !c.is_ascii_digit()).collect();
    Ok((cookie.unwrap_or_default().to_owned(), body))
}

impl Measure for Page {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let cookie = std::slice::from_ref(&self.cookie);
        let get = |instance: &Instance, path, headers| {
            instance.serve(|target| wrk::get(target, path, headers, lengths.load))
        };
        let unverified = get(&self.unverified, "/", cookie)?;
        let verified = get(&self.demo, "/", cookie)?;
        let private = get(&self.demo, "/private", cookie)?;
        let without = get(&self.demo, "/", &[])?;
        let row = |name, served: &Served, is_the_same: bool| {
            let Served { load, .. } = served;
            let ratio = is_the_same.then_some(load.rate / unverified.load.rate);
            let [rate, p99] = [load.rate, ms(load.p99)].map(Some);
            let per_second = Some(served.per_processor_second());
            Row::partial(name, [rate, p99, per_second, ratio, Some(served.generator_share())])
        };
        Ok(vec![
            row("the page, unverified", &unverified, true),
            row("the page, verified", &verified, true),
            row("the private page", &private, false),
            row("the page for nobody", &without, false),
        ])
    }
}
