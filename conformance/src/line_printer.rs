//! Prints lines in a thread of its own, so that a reader who stops reading blocks nothing else.

use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

/// At most this many lines wait for their reader; sending more fails.
const WAITING: usize = 10_000;

/// Prints the lines that are sent, until all senders are dropped. Then the returned receiver is disconnected. It goes
/// on if nobody reads `out` any more.
pub fn print_to(mut out: impl Write + Send + 'static) -> (SyncSender<String>, Receiver<()>) {
    let (sender, lines) = sync_channel::<String>(WAITING);
    let (printing, printed) = channel();
    thread::spawn(move || {
        let _printing = printing;
        for line in lines {
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
    });
    (sender, printed)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

    use super::{WAITING, print_to};

    /// Takes a line, or a part of one, only when it is allowed to.
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
        let (printer, printed) = print_to(Slow { turns, taken });
        let sent = (0..3 * WAITING).filter(|number| printer.try_send(number.to_string()).is_ok());
        assert!((WAITING..=WAITING + 1).contains(&sent.count()));
        turn.send(()).unwrap();
        assert_eq!(lines.recv().unwrap(), b"0");
        assert_eq!(printed.try_recv(), Err(TryRecvError::Empty));
        // Nobody reads any more.
        drop((turn, lines, printer));
        assert!(printed.recv().is_err());
    }
}
