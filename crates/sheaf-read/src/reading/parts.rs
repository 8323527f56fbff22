//! A file in parts, read by several threads. Rows are framed in order, one part at a time; what
//! their cells mean is worked out by as many threads as there are; and the parts come back in the
//! order of the file. How many threads there are changes nothing about what comes out: parts are
//! cut by rows alone, and whatever depends on earlier rows (keys) is left to who takes the parts.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use sheaf_model::{Batch, SourceName};

use crate::ReadError;
use crate::mapping::{Interpreter, Mark};
use crate::rows::{Notes, Row, Rows};

/// A part ends early once its rows take up this many bytes. It is far below what a batch can hold,
/// because a short code may stand for a long word.
const MOST_BYTES: usize = 16 << 20;

/// A part of a file, read but for the keys of its reports.
pub(super) struct Part {
    pub batch: Batch,
    /// What naming needs to know of each report.
    pub marks: Vec<Mark>,
    pub notes: Notes,
    /// The columns as they were at its end.
    pub columns: Arc<[String]>,
    /// Bytes of the file taken up to its end.
    pub bytes_taken: u64,
    /// The source that the file's first row names.
    pub source: Option<SourceName>,
    pub is_last: bool,
}

/// The rows of a file, to be taken part by part.
pub(super) struct Framing {
    rows: Box<dyn Rows>,
    columns: Arc<[String]>,
    most_rows: usize,
    begun: bool,
    at_end: bool,
}

/// The rows of one part, their memory used again for the next.
#[derive(Default)]
struct Frame {
    rows: Vec<Row>,
    n_rows: usize,
    /// From which row on the table has which columns; the first entry is for row 0.
    columns: Vec<(usize, Arc<[String]>)>,
    notes: Notes,
    bytes_taken: u64,
    is_first: bool,
    is_last: bool,
}

impl Framing {
    pub fn new(rows: Box<dyn Rows>, most_rows: usize) -> Framing {
        let columns = rows.columns().into();
        Framing { rows, columns, most_rows: most_rows.max(1), begun: false, at_end: false }
    }

    fn fill(&mut self, frame: &mut Frame) -> Result<(), ReadError> {
        frame.n_rows = 0;
        frame.is_first = !std::mem::replace(&mut self.begun, true);
        frame.columns.clear();
        frame.columns.push((0, self.columns.clone()));
        let mut bytes = 0;
        while frame.n_rows < self.most_rows && bytes < MOST_BYTES {
            if frame.n_rows == frame.rows.len() {
                frame.rows.push(Row::default());
            }
            let row = &mut frame.rows[frame.n_rows];
            match self.rows.next(row, &mut frame.notes) {
                Ok(true) => {}
                Ok(false) => {
                    self.at_end = true;
                    break;
                }
                Err(error) => {
                    self.at_end = true;
                    return Err(error);
                }
            }
            bytes += row.bytes();
            if self.rows.columns().len() != self.columns.len() {
                self.columns = self.rows.columns().into();
                frame.columns.push((frame.n_rows, self.columns.clone()));
            }
            frame.n_rows += 1;
        }
        frame.bytes_taken = self.rows.bytes_taken();
        frame.is_last = self.at_end;
        Ok(())
    }
}

/// Reads what a frame's rows mean. `batch` is empty and brings its room.
fn interpret(frame: &mut Frame, interpreter: &mut Interpreter<'_>, mut batch: Batch) -> Part {
    let mut marks = Vec::with_capacity(frame.n_rows);
    let mut notes = std::mem::take(&mut frame.notes);
    let mut source = None;
    let mut changes = frame.columns.iter().peekable();
    for (idx, row) in frame.rows[..frame.n_rows].iter().enumerate() {
        while let Some((_, columns)) = changes.next_if(|(from, _)| *from <= idx) {
            interpreter.columns_are(columns);
        }
        if frame.is_first && idx == 0 {
            source = interpreter.source_said(row).and_then(SourceName::nearest);
        }
        interpreter.read(row, &mut batch, &mut marks, &mut notes.set_aside);
    }
    let columns = frame.columns.last().map_or_else(|| [].into(), |(_, columns)| columns.clone());
    let (bytes_taken, is_last) = (frame.bytes_taken, frame.is_last);
    Part { batch, marks, notes, columns, bytes_taken, source, is_last }
}

/// Reads every part, with one thread for each interpreter, and hands the parts over in the order of
/// the file, on this thread. Gives the interpreters back with what they counted.
pub(super) fn for_each_part<'m, E: From<ReadError>>(
    framing: Framing,
    mut interpreters: Vec<Interpreter<'m>>,
    mut take: impl FnMut(Part) -> Result<(), E>,
) -> Result<Vec<Interpreter<'m>>, E> {
    if let [alone] = interpreters.as_mut_slice() {
        read_alone(framing, alone, take)?;
        return Ok(interpreters);
    }
    // Each part has a place in the line before it is read, so that parts come out in order. The
    // line is short: when it is full, nobody frames further rows, and memory stays bounded.
    let (line, waiting) = sync_channel(interpreters.len());
    let framing = Mutex::new(framing);
    thread::scope(|scope| {
        let framing = &framing;
        let workers: Vec<_> = interpreters
            .into_iter()
            .map(|mut interpreter| {
                let line = line.clone();
                scope.spawn(move || {
                    work(framing, &line, &mut interpreter);
                    interpreter
                })
            })
            .collect();
        drop(line);
        let outcome = take_in_order(waiting, &mut take);
        let join = |worker: thread::ScopedJoinHandle<'_, _>| match worker.join() {
            Ok(interpreter) => interpreter,
            Err(panic) => resume_unwind(panic),
        };
        let interpreters = workers.into_iter().map(join).collect();
        outcome.map(|()| interpreters)
    })
}

fn read_alone<E: From<ReadError>>(
    mut framing: Framing,
    interpreter: &mut Interpreter<'_>,
    mut take: impl FnMut(Part) -> Result<(), E>,
) -> Result<(), E> {
    let (mut frame, mut room) = (Frame::default(), Batch::default());
    while !framing.at_end {
        framing.fill(&mut frame)?;
        let part = interpret(&mut frame, interpreter, room);
        room = Batch::with_room_like(&part.batch);
        take(part)?;
    }
    Ok(())
}

/// Where one part will come out.
type Place = Receiver<Result<Part, ReadError>>;

/// Takes the line with it, so that workers stop when nobody takes parts any more.
fn take_in_order<E: From<ReadError>>(
    waiting: Receiver<Place>,
    take: &mut impl FnMut(Part) -> Result<(), E>,
) -> Result<(), E> {
    for place in waiting {
        match place.recv() {
            Ok(part) => take(part?)?,
            // The worker panicked, which is told when it is joined.
            Err(_) => break,
        }
    }
    Ok(())
}

fn work(framing: &Mutex<Framing>, line: &SyncSender<Place>, interpreter: &mut Interpreter<'_>) {
    let (mut frame, mut room) = (Frame::default(), Batch::default());
    loop {
        let (out, place) = sync_channel(1);
        let framed = {
            // A lock that is poisoned means that another worker panicked.
            let Ok(mut framing) = framing.lock() else { return };
            if framing.at_end || line.send(place).is_err() {
                return;
            }
            framing.fill(&mut frame)
        };
        let part = framed.map(|()| interpret(&mut frame, interpreter, std::mem::take(&mut room)));
        if let Ok(part) = &part {
            room = Batch::with_room_like(&part.batch);
        }
        if out.send(part).is_err() {
            return;
        }
    }
}
