//! Property tests on the stable toolchain. `shared-claims/fuzz` runs the same properties for hours.

mod cookies;
mod hostile;
mod key_set;
mod multipart;
mod settings;
mod verify;

use hostile::tried;

/// C4, C8
#[test]
fn any_bytes_in_a_cookie_header_are_read_alike_in_one_header_and_in_two() {
    let pieces = ["n", "=", ";", " ", "\t", "n=a", "; n=b", ";n=c;n=d", "%6e=", "\"", ","];
    tried(&pieces, cookies::holds_for);
}

/// K6
#[test]
fn any_bytes_for_a_key_set_are_keys_with_ids_of_their_own_or_refused() {
    let key = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"use\":\"sig\",\"kid\":\"a\",\
               \"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\
               \"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";
    let pieces = ["{\"keys\":[", "]}", "{", "}", ",", "\"kid\":\"a\"", "\"kty\":\"oct\"", "null", key];
    tried(&pieces, key_set::holds_for);
}

/// J11
#[test]
fn any_text_for_a_token_is_refused_and_any_payload_behind_a_good_signature_is_judged() {
    let pieces = [
        "{",
        "}",
        ",",
        ":",
        "\n",
        ".",
        "\"iss\":\"http://auth.sso.localhost:8000\"",
        "\"aud\":\"sso.localhost\"",
        "\"exp\":1800000100",
        "\"iat\":1799999900",
        "\"sub\":",
        "\"user_uuid\":",
        "\"alg\":\"none\"",
        "\"0198c0de-0000-7000-8000-000000000001\"",
        "eyJhbGciOiJFUzI1NiJ9",
        "[",
        "]",
        "1e400",
        "\\ud800",
    ];
    tried(&pieces, verify::holds_for);
}

#[test]
fn any_text_of_a_setting_is_a_part_of_what_was_written_or_refused() {
    let pieces =
        ["\"", "'", " ", "\n", "\r", "\t", "a", "\u{feff}", "\u{a0}", "\u{201c}", "`", "pG5cX9dUeRkVt3mB"];
    tried(&pieces, settings::holds_for);
}

#[test]
fn any_bytes_for_a_form_with_files_are_kept_as_text_or_not_at_all() {
    let pieces = [
        "--x",
        "--x--",
        "\r\n",
        "\r\n\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.jpg\"\r\n\r\nc\r\n",
        "Content-Disposition: form-data; name=\"",
        "; filename=\"",
        "; filename*=UTF-8''",
        "\"",
        "Content-Type: multipart/mixed; boundary=y\r\n",
        "<script>",
        "\u{202e}",
        "\\",
    ];
    tried(&pieces, multipart::holds_for);
}
