//! Circles in any relation between numbered things: `use`, `extends`, `needs`, `under`, metrics.

/// Every circle of the graph that a depth-first walk meets, each once, as the path from its first
/// member back to it.
///
/// `edges[i]` lists where `i` leads. Iterative: depth does not matter. The members come in walking
/// order, so that the same graph gives the same circles everywhere.
pub fn circles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; edges.len()];
    let mut found = Vec::new();
    for start in 0..edges.len() {
        if marks.get(start) != Some(&Mark::New) {
            continue;
        }
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        if let Some(mark) = marks.get_mut(start) {
            *mark = Mark::Open;
        }
        while let Some((at, next)) = path.last_mut() {
            let here = *at;
            let target = edges.get(here).and_then(|list| list.get(*next)).copied();
            *next += 1;
            let Some(target) = target else {
                if let Some(mark) = marks.get_mut(here) {
                    *mark = Mark::Done;
                }
                path.pop();
                continue;
            };
            match marks.get(target) {
                Some(Mark::New) => {
                    if let Some(mark) = marks.get_mut(target) {
                        *mark = Mark::Open;
                    }
                    path.push((target, 0));
                }
                Some(Mark::Open) => found.push(
                    path.iter().map(|(node, _)| *node).skip_while(|node| *node != target).collect(),
                ),
                Some(Mark::Done) | None => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::circles;

    #[test]
    fn finds_each_circle_once_along_its_path() {
        assert_eq!(circles(&[vec![1], vec![2], vec![1]]), vec![vec![1, 2]]);
        assert_eq!(circles(&[vec![0]]), vec![vec![0]]);
        assert!(circles(&[vec![1, 2], vec![2], vec![]]).is_empty());
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let edges: Vec<Vec<usize>> = (0..200_000).map(|at| vec![(at + 1) % 200_000]).collect();
        assert_eq!(circles(&edges).first().map(Vec::len), Some(200_000));
    }
}
