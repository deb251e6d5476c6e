//! The theme: derives the style sheet's shades from a site's colour, and keeps each of them
//! legible.

use std::fmt;

/// The minimum contrast between text and its background (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;

const WHITE: Color = Color([255; 3]);
const BLACK: Color = Color([0; 3]);
/// The backgrounds of links that are hardest to read on: the darker of ground and card on light
/// screens, and the lighter one on dark screens.
const LIGHT_GROUND: Color = Color([0xf4, 0xf6, 0xf8]);
const DARK_CARD: Color = Color([0x1a, 0x20, 0x29]);

/// A colour for light screens and one for dark ones, which may be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    light: Color,
    dark: Color,
}

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Color([u8; 3]);

/// The colours of [`STYLE`](super::STYLE).
impl Default for Theme {
    fn default() -> Self {
        Self { light: Color([0x23, 0x48, 0xae]), dark: Color([0xa8, 0xc0, 0xff]) }
    }
}

impl Theme {
    /// Reads `#2348ae`, or two such colours separated by a comma: for light screens and for dark
    /// ones. `#rgb` is read too.
    pub fn parse(text: &str) -> Option<Self> {
        let colors: Option<Vec<Color>> = text.split(',').map(|one| Color::parse(one.trim())).collect();
        match *colors?.as_slice() {
            [both] => Some(Self { light: both, dark: both }),
            [light, dark] => Some(Self { light, dark }),
            _ => None,
        }
    }

    /// The rules that replace the colours of [`STYLE`](super::STYLE). They go behind it.
    pub fn rules(&self) -> String {
        let scheme = |of: Shades| {
            let Shades { accent, strong, on_accent, wash } = of;
            format!("--accent:{accent};--accent-strong:{strong};--on-accent:{on_accent};--wash:{wash}")
        };
        format!(
            "\n:root{{{}}}\n@media (prefers-color-scheme: dark){{:root{{{}}}}}\n",
            scheme(self.light()),
            scheme(self.dark()),
        )
    }

    /// The shades on light screens, for what knows no variables of CSS, such as mail programs.
    pub fn light(&self) -> Shades {
        let accent = until_readable(self.light, BLACK, LIGHT_GROUND);
        Shades::of(accent, mix(accent, BLACK, 0.3), WHITE, mix(accent, WHITE, 0.9))
    }

    /// The shades on dark screens.
    pub fn dark(&self) -> Shades {
        let accent = until_readable(self.dark, WHITE, DARK_CARD);
        // The text colour of buttons. Buttons are light on dark screens, so their text is dark,
        // with a tinge of the accent colour.
        let on_accent = until_readable(mix(accent, BLACK, 0.75), BLACK, accent);
        Shades::of(accent, mix(accent, WHITE, 0.4), on_accent, mix(accent, DARK_CARD, 0.85))
    }
}

/// The colours of one scheme, as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shades {
    /// Links, and the ground of buttons.
    pub accent: String,
    /// Text on [`Shades::wash`].
    pub strong: String,
    /// Text of buttons.
    pub on_accent: String,
    /// The ground of what stands out.
    pub wash: String,
}

impl Shades {
    fn of(accent: Color, strong: Color, on_accent: Color, wash: Color) -> Self {
        let [accent, strong, on_accent, wash] = [accent, strong, on_accent, wash].map(|one| one.to_string());
        Self { accent, strong, on_accent, wash }
    }
}

/// As [`Theme::parse`] takes it.
impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.light, self.dark)
    }
}

impl Color {
    /// `#rrggbb` or `#rgb`.
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let value = |at: std::ops::Range<usize>| u8::from_str_radix(digits.get(at)?, 16).ok();
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        match digits.len() {
            6 => Some(Self([value(0..2)?, value(2..4)?, value(4..6)?])),
            3 => Some(Self([value(0..1)? * 17, value(1..2)? * 17, value(2..3)? * 17])),
            _ => None,
        }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Moves `color` towards `end` until it is readable on `ground`, and no further.
fn until_readable(color: Color, end: Color, ground: Color) -> Color {
    let shades = (0..=50).map(|step| mix(color, end, f64::from(step) / 50.0));
    shades.into_iter().find(|shade| contrast(*shade, ground) >= READABLE).unwrap_or(end)
}

/// Blends `share` of `other` into `color`.
fn mix(color: Color, other: Color, share: f64) -> Color {
    let part = |at: usize| {
        let value = f64::from(color.0[at]) * (1.0 - share) + f64::from(other.0[at]) * share;
        value.round().clamp(0.0, 255.0) as u8
    };
    Color([part(0), part(1), part(2)])
}

/// The contrast ratio, from 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(color: Color) -> f64 {
    let linear = color.0.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(rules: &str, scheme: usize, name: &str) -> Color {
        let scheme = rules.split(":root{").nth(scheme + 1).unwrap();
        let (_, rest) = scheme.split_once(&format!("{name}:")).unwrap();
        Color::parse(&rest[..7]).unwrap()
    }

    #[test]
    fn whatever_the_color_what_is_written_in_it_can_be_read() {
        for text in ["#000000", "#ffffff", "#ffff00", "#ff0000", "#00ff00", "#2348ae", "#7f7f7f", "#ffa500"] {
            let rules = Theme::parse(text).unwrap().rules();
            let accents = [value(&rules, 0, "--accent"), value(&rules, 1, "--accent")];
            assert!(contrast(accents[0], LIGHT_GROUND) >= READABLE, "{text}: links on light");
            assert!(contrast(accents[1], DARK_CARD) >= READABLE, "{text}: links on dark");
            for (scheme, accent) in accents.into_iter().enumerate() {
                let on = value(&rules, scheme, "--on-accent");
                assert!(contrast(on, accent) >= READABLE, "{text}: buttons, scheme {scheme}");
            }
        }
    }

    #[test]
    fn a_color_that_can_be_read_stays_as_it_is() {
        let theme = Theme::parse("#2348ae").unwrap();
        assert_eq!(value(&theme.rules(), 0, "--accent"), theme.light);
    }

    #[test]
    fn contrast_is_measured_as_the_standard_says() {
        assert!((contrast(WHITE, BLACK) - 21.0).abs() < 0.01);
        assert!((contrast(Color([0x76; 3]), WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_color_is_read_in_both_of_its_forms_and_nothing_else_is_taken() {
        let read = |text: &str| Theme::parse(text).map(|theme| theme.to_string());
        assert_eq!(read("#2348ae").as_deref(), Some("#2348ae,#2348ae"));
        assert_eq!(read("#FFF, #000").as_deref(), Some("#ffffff,#000000"));
        for text in ["", "#", "2348ae", "#2348a", "#2348ag", "#+1+2+3", "blue", "#fff,", "#fff,#fff,#000"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("#2348ae;}body{display:none}"), None);
    }
}
