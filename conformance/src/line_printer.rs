//! Lines on standard output from a thread of their own, so that a reader who stops reading stops nothing else.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

/// So many lines wait for their reader; further ones are left out.
const WAITING: usize = 10_000;

/// What is printed and not yet read may take so long to be read in the end.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// Where lines are handed over; all of them are printed when the last one is dropped.
#[derive(Clone)]
pub struct LinePrinter(SyncSender<String>);

/// Tells when all lines are printed.
pub struct Printed(Receiver<()>);

impl LinePrinter {
    /// Begins to print to `out`. Who no longer reads it is no reason to stop.
    #[must_use]
    pub fn to(mut out: impl Write + Send + 'static) -> (Self, Printed) {
        let (sender, lines) = sync_channel::<String>(WAITING);
        let (done, printed) = sync_channel(1);
        thread::spawn(move || {
            for line in lines {
                let _ = writeln!(out, "{line}").and_then(|()| out.flush());
            }
            // Nobody may be waiting.
            let _: Result<(), TrySendError<()>> = done.try_send(());
        });
        (Self(sender), Printed(printed))
    }

    /// Begins to print to standard output.
    #[must_use]
    pub fn to_stdout() -> (Self, Printed) {
        Self::to(io::stdout())
    }

    /// Hands a line over. It is left out if too many wait already.
    pub fn print(&self, line: &str) {
        // The thread only ends when nobody prints any more.
        let _ = self.0.try_send(line.to_owned());
    }
}

impl Printed {
    /// Waits until every line is printed, but not for a reader that has stopped reading.
    pub fn wait(self) {
        let _ = self.0.recv_timeout(LAST_WAIT);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    use super::{LinePrinter, WAITING};

    /// Takes a line, or a part of one, only when it is let.
    struct Slow {
        turns: Receiver<()>,
        taken: SyncSender<Vec<u8>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.turns.recv().map_err(io::Error::other)?;
            self.taken.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_does_not_read_stops_nobody() {
        let (turn, turns) = sync_channel(0);
        let (taken, lines) = sync_channel(8);
        let (printer, printed) = LinePrinter::to(Slow { turns, taken });
        for number in 0..3 * WAITING {
            printer.print(&number.to_string());
        }
        turn.send(()).unwrap();
        assert_eq!(lines.recv().unwrap(), b"0");
        // Nobody reads any more.
        drop((turn, lines, printer));
        printed.wait();
    }
}
