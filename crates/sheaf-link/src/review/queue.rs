//! The two orders, and whose turn it is. An order is never sorted: the best few of its unanswered
//! pairs are picked in one pass, and where an answered beginning ends is the best of all.

use std::cmp::{Ordering, Reverse};
use std::collections::{HashSet, VecDeque};

use sheaf_model::Verdict;

use super::Candidate;
use super::sample::Side;

/// Why a question is asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Arm {
    /// Of all pairs not yet answered, this one promises the greatest change.
    Top,
    /// It is the next in the random order, so that the answers speak for all pairs.
    Sample,
}

/// One pair to ask about.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Question {
    /// The candidate's position in the list that the queue was made from.
    pub index: usize,
    /// Why it is asked.
    pub arm: Arm,
    /// The change to expect from asking; see [`Candidate::value`].
    pub value: f64,
}

/// How many questions each arm gets; `{ top: 3, sample: 1 }` is three in four for the top. With a
/// sample of 0 there are no figures, with a top of 0 there is no greatest change first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// Questions that promise the greatest change.
    pub top: u32,
    /// Questions of the random order.
    pub sample: u32,
}

impl Share {
    /// One each, the top first.
    pub const EVEN: Share = Share { top: 1, sample: 1 };

    /// How many of the first `m` turns are the top's.
    fn of_top(self, m: usize) -> usize {
        let all = u128::from(self.top) + u128::from(self.sample);
        if self.sample == 0 { m } else { (m as u128 * u128::from(self.top)).div_ceil(all) as usize }
    }
}

/// The questions still open, in the light of the verdicts that stand.
pub struct Queue<'a> {
    pub(super) candidates: &'a [Candidate],
    /// Unlinked pairs, then linked ones.
    pub(super) sides: [Side; 2],
    /// In the order of the candidates.
    pub(super) answered: Vec<(u32, Verdict)>,
    share: Share,
}

/// A place in an order: greater is asked earlier. Ties go to the smaller key, then to the ids, so
/// that the order of the candidates says nothing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Rank {
    pub(super) score: f64,
    key: u64,
    pair: (u32, u32),
}

impl Eq for Rank {}

impl Ord for Rank {
    fn cmp(&self, other: &Rank) -> Ordering {
        let ties = || (other.key, other.pair).cmp(&(self.key, self.pair));
        self.score.total_cmp(&other.score).then_with(ties)
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Rank) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// An answered pair and its place in both orders.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) index: u32,
    pub(super) verdict: Verdict,
    /// 1 if linked.
    pub(super) side: usize,
    top: Rank,
    pub(super) sample: Rank,
}

/// The first unanswered pair of each order; none if everything is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edges {
    top: Option<Rank>,
    pub(super) sample: [Option<Rank>; 2],
}

impl Edges {
    /// Whether the answered pair stands before the first unanswered one of the random order.
    pub(super) fn is_drawn(&self, it: &Told) -> bool {
        self.sample[it.side].is_none_or(|edge| it.sample > edge)
    }
}

/// Each order's first unanswered pairs, best first.
pub(super) struct Front {
    top: VecDeque<(Rank, u32)>,
    sample: [VecDeque<(Rank, u32)>; 2],
}

impl Front {
    pub(super) fn edges(&self) -> Edges {
        let first = |of: &VecDeque<(Rank, u32)>| of.front().map(|&(rank, _)| rank);
        Edges { top: first(&self.top), sample: [first(&self.sample[0]), first(&self.sample[1])] }
    }

    fn pass(&mut self, taken: &HashSet<u32>) {
        let [unlinked, linked] = &mut self.sample;
        for order in [&mut self.top, unlinked, linked] {
            while order.front().is_some_and(|(_, index)| taken.contains(index)) {
                order.pop_front();
            }
        }
    }
}

impl<'a> Queue<'a> {
    /// Takes in the candidates and the verdict that stands on each, asked for once a pair.
    ///
    /// Beside the candidates it keeps only what is answered. "Unsure" is an answer here: the pair
    /// is not asked again.
    pub fn new(
        candidates: &'a [Candidate],
        share: Share,
        answered: impl Fn(u32, u32) -> Option<Verdict>,
    ) -> Queue<'a> {
        let mut queue =
            Queue { candidates, sides: [Side::default(); 2], answered: Vec::new(), share };
        for (index, candidate) in candidates.iter().enumerate() {
            let side = &mut queue.sides[usize::from(candidate.linked)];
            side.add(candidate);
            if let Some(verdict) = answered(candidate.a, candidate.b) {
                side.n_answered += 1;
                queue.answered.push((index as u32, verdict));
            }
        }
        queue
    }

    /// The next `n` questions, fewer if fewer are left: the same as asking for one at a time, each
    /// answered before the next.
    pub fn next(&self, n: usize) -> Vec<Question> {
        let n = n.min(self.candidates.len() - self.answered.len());
        let mut front = self.front(n + 1);
        let mut told = self.told();
        let mut taken: HashSet<u32> = HashSet::with_capacity(n);
        let mut questions = Vec::with_capacity(n);
        while questions.len() < n {
            let behind = reach(&told, &front.edges(), self.share).behind;
            let (arm, open) = match behind {
                Some(Behind::Sample(side)) => (Arm::Sample, &front.sample[side]),
                _ => (Arm::Top, &front.top),
            };
            let Some(&(_, index)) = open.front() else { break };
            let candidate = &self.candidates[index as usize];
            questions.push(Question { index: index as usize, arm, value: candidate.value() });
            taken.insert(index);
            front.pass(&taken);
            let new = self.as_told(index, Verdict::Unsure);
            told.insert(told.partition_point(|it| it.top > new.top), new);
        }
        questions
    }

    /// What is answered, in the order of the top.
    pub(super) fn told(&self) -> Vec<Told> {
        let answered = self.answered.iter();
        let mut told: Vec<Told> =
            answered.map(|&(index, verdict)| self.as_told(index, verdict)).collect();
        told.sort_unstable_by_key(|it| Reverse(it.top));
        told
    }

    fn as_told(&self, index: u32, verdict: Verdict) -> Told {
        let candidate = &self.candidates[index as usize];
        let (top, sample) = (self.top_rank(candidate), self.sample_rank(candidate));
        Told { index, verdict, side: usize::from(candidate.linked), top, sample }
    }

    pub(super) fn share(&self) -> Share {
        self.share
    }

    fn top_rank(&self, candidate: &Candidate) -> Rank {
        rank(candidate.value(), candidate)
    }

    fn sample_rank(&self, candidate: &Candidate) -> Rank {
        rank(self.sides[usize::from(candidate.linked)].priority(candidate), candidate)
    }

    /// The first `n` unanswered pairs of each order.
    pub(super) fn front(&self, n: usize) -> Front {
        let mut top = Best::of(n);
        let mut sample = [Best::of(n), Best::of(n)];
        let mut answered = self.answered.iter().map(|&(index, _)| index).peekable();
        for (index, candidate) in self.candidates.iter().enumerate() {
            let index = index as u32;
            if answered.next_if_eq(&index).is_some() {
                continue;
            }
            top.offer(self.top_rank(candidate), index);
            sample[usize::from(candidate.linked)].offer(self.sample_rank(candidate), index);
        }
        Front { top: top.sorted(), sample: sample.map(Best::sorted) }
    }
}

fn rank(score: f64, candidate: &Candidate) -> Rank {
    Rank { score, key: candidate.key, pair: (candidate.a, candidate.b) }
}

/// How far the answers reach.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    /// How many pairs from the beginning of the top's order count for themselves.
    pub(super) n_top: usize,
    /// How many pairs from the beginning of each side's random order speak for the rest of it,
    /// those of the top not among them.
    pub(super) n_sample: [usize; 2],
    /// What must be answered next to get further; nothing if everything is.
    behind: Option<Behind>,
}

/// Which order is behind: the top's, or the sample's on one side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Behind {
    Top,
    Sample(usize),
}

/// How far the answers reach, in turns.
///
/// After m turns the top has answers for the first k pairs of its order, k being its share of m,
/// and the sample for the first m − k of the random order *without those k*, half of them on each
/// side. That takes m answers, no more and no fewer, and how long each beginning is hangs on m and
/// not on chance. So where the top comes to a pair that the sample has, it takes it over, and the
/// sample asks for one more on the same side.
///
/// It would be simpler to count every answered pair from the beginning of either order. But then a
/// pair just behind the top's would count for itself if chance drew it and not at all if not, and
/// the sample would go on while answers out of turn last: over 40,000
/// draws of invented pairs both showed as a bias of some tenths of a pair, which is gone with turns.
pub(super) fn reach(told: &[Told], edges: &Edges, share: Share) -> Reach {
    let mut drawn = [0; 2];
    for it in told.iter().filter(|it| edges.is_drawn(it)) {
        drawn[it.side] += 1;
    }
    let mut reach = Reach { n_top: 0, n_sample: [0; 2], behind: None };
    for turns in 1.. {
        let top_due = share.of_top(turns);
        for it in reach.n_top..top_due {
            match told.get(it) {
                Some(it) if edges.top.is_none_or(|edge| it.top > edge) => {
                    drawn[it.side] -= usize::from(edges.is_drawn(it));
                }
                _ => return Reach { behind: edges.top.map(|_| Behind::Top), ..reach },
            }
        }
        let due = turns - top_due;
        let sample_due = [due / 2, due.div_ceil(2)];
        for side in [1, 0] {
            if edges.sample[side].is_some() && drawn[side] < sample_due[side] {
                return Reach { behind: Some(Behind::Sample(side)), ..reach };
            }
        }
        reach = Reach { n_top: top_due, n_sample: sample_due, behind: None };
        if edges.top.is_none() && top_due + due >= told.len() {
            break;
        }
    }
    reach
}

/// The best few of many, without sorting the many.
struct Best {
    n: usize,
    kept: Vec<(Rank, u32)>,
    bar: Option<Rank>,
}

impl Best {
    fn of(n: usize) -> Best {
        Best { n, kept: Vec::new(), bar: None }
    }

    fn offer(&mut self, rank: Rank, index: u32) {
        if self.bar.is_some_and(|bar| rank < bar) {
            return;
        }
        self.kept.push((rank, index));
        if self.kept.len() >= 2 * self.n + 64 {
            self.kept.select_nth_unstable_by(self.n - 1, |x, y| y.cmp(x));
            self.kept.truncate(self.n);
            self.bar = Some(self.kept[self.n - 1].0);
        }
    }

    fn sorted(mut self) -> VecDeque<(Rank, u32)> {
        self.kept.sort_unstable_by(|x, y| y.cmp(x));
        self.kept.truncate(self.n);
        self.kept.into()
    }
}
