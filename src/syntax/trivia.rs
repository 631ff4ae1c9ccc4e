//! Comments by position: what the tree leaves out.

/// How a comment is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommentKind {
    /// `// …`
    Line,
    /// `/// …`: documents what follows.
    Doc,
    /// `# …`: understood, but not how comments are written.
    Hash,
    /// `/* … */`: understood, but not how comments are written.
    Block,
}

/// One comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment {
    /// How it is written.
    pub kind: CommentKind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset one past its last byte, without the line end.
    pub end: u32,
}

/// The side table of one file.
#[derive(Clone, Debug, Default)]
pub struct Trivia {
    /// All comments in order.
    pub comments: Vec<Comment>,
}

/// True for what the grammar skips between tokens.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{A0}' | '\u{202F}' | '\u{2009}' | '\u{FEFF}')
}

impl Trivia {
    /// The offset behind the last character before `end` that is neither white space nor comment.
    pub(super) fn real_end(&self, text: &str, end: usize) -> usize {
        let mut end = end.min(text.len());
        loop {
            end = text.get(..end).map_or(0, |part| part.trim_end_matches(is_space).len());
            match self.comment_before(end) {
                Some(comment) if comment.end as usize == end => end = comment.start as usize,
                Some(_) | None => return end,
            }
        }
    }

    /// The last comment that ends at or before `at`.
    pub(super) fn comment_before(&self, at: usize) -> Option<Comment> {
        let count = self.comments.partition_point(|comment| comment.end as usize <= at);
        count.checked_sub(1).and_then(|index| self.comments.get(index)).copied()
    }

    /// The offset of the first character at or behind `from` that is neither white space nor
    /// comment.
    pub(super) fn next_token(&self, text: &str, from: usize) -> u32 {
        let mut at = from;
        loop {
            let rest = text.get(at..).unwrap_or("");
            at += rest.len() - rest.trim_start_matches(is_space).len();
            let next = self.comments.partition_point(|comment| (comment.start as usize) < at);
            match self.comments.get(next) {
                Some(comment) if comment.start as usize == at => at = comment.end as usize,
                Some(_) | None => return u32::try_from(at).unwrap_or(u32::MAX),
            }
        }
    }

    /// The run of `///` lines that ends on the line above `at`, as indices into `comments`.
    pub(super) fn doc_before(&self, text: &str, at: usize) -> Option<std::ops::Range<usize>> {
        let last = self.comments.partition_point(|comment| comment.end as usize <= at);
        let (mut first, mut below) = (last, at);
        while let Some(comment) = first.checked_sub(1).and_then(|index| self.comments.get(index)) {
            let between = text.get(comment.end as usize..below).unwrap_or("x");
            let adjoins = between.chars().all(is_space) && between.matches('\n').count() == 1;
            let head = text
                .get(..comment.start as usize)
                .and_then(|head| head.rsplit('\n').next())
                .unwrap_or("");
            if comment.kind != CommentKind::Doc || !adjoins || !head.chars().all(is_space) {
                break;
            }
            (first, below) = (first - 1, comment.start as usize);
        }
        (first < last).then_some(first..last)
    }
}
