//! Progress on long work: a bar on a terminal, nothing anywhere else.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that is drawn on standard error if that is a terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar over bytes, for reading `file`.
    pub fn reading(file: &str, total_bytes: u64, quiet: bool) -> Progress {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}");
        Progress::start(ProgressBar::new(total_bytes), style, file, quiet)
    }

    /// A counter of things done, for work whose steps are known by name only.
    pub fn counting(what: &str, quiet: bool) -> Progress {
        let style = ProgressStyle::with_template("{msg} {human_pos} {elapsed}");
        Progress::start(ProgressBar::no_length(), style, what, quiet)
    }

    fn start(
        bar: ProgressBar,
        style: Result<ProgressStyle, indicatif::style::TemplateError>,
        message: &str,
        quiet: bool,
    ) -> Progress {
        // Hidden unless standard error is a terminal; indicatif looks at NO_COLOR itself.
        bar.set_draw_target(if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        });
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(message.to_owned());
        Progress { bar }
    }

    /// Moves to a position.
    pub fn at(&self, position: u64) {
        self.bar.set_position(position);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
