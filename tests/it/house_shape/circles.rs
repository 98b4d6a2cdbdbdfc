//! Which file uses which, by the names in its paths, and the circles among them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::tokens::{Token, behind, tokens, without_tests};

/// A module's path below the crate: `["web", "pages"]`.
type Module = Vec<String>;

/// A name brought in by `use`; `*` for all of a module.
struct Import {
    path: Module,
    name: String,
    /// Shown on to others.
    shown: bool,
}

struct File {
    path: String,
    imports: Vec<Import>,
    children: BTreeSet<String>,
    defined: BTreeSet<String>,
    /// What stands outside `use`.
    body: Vec<Token>,
}

/// The files of the crate by their modules.
pub struct Tree(BTreeMap<Module, File>);

/// Where a path ends: a module, and the name in it where it is no module itself.
struct Target {
    module: Module,
    name: Option<String>,
}

/// For each file the files it uses, each with the names that tie them.
pub type Edges = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn module_of(path: &str) -> Module {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    if inner == "lib" { Vec::new() } else { inner.split('/').map(str::to_owned).collect() }
}

impl Tree {
    /// The tree of files given by path and text.
    pub fn of(sources: &[(String, String)]) -> Self {
        Self(sources.iter().map(|(path, text)| (module_of(path), file(path, text))).collect())
    }

    /// Which file uses which.
    pub fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (module, file) in &self.0 {
            for (path, name) in self.used(module, file) {
                let Some(target) = self.resolve(&path, 0).filter(|target| target.module != *module) else { continue };
                let Some(other) = self.0.get(&target.module) else { continue };
                let tie = target.name.unwrap_or(name);
                edges.entry(file.path.clone()).or_default().entry(other.path.clone()).or_default().insert(tie);
            }
        }
        edges
    }

    /// Paths that a file's own text uses, each with what it calls their last part.
    fn used(&self, module: &Module, file: &File) -> Vec<(Module, String)> {
        let mut used = Vec::new();
        let said = |name: &str| file.body.iter().any(|token| token.text == name);
        for import in &file.imports {
            let Some(path) = Self::absolute(module, file, &import.path) else { continue };
            let is_module = self.resolve(&path, 0).is_some_and(|target| target.name.is_none());
            let own_child = import.shown && path.starts_with(module);
            if import.name == "*" {
                used.extend((!own_child).then(|| (path, "*".to_owned())));
            } else if is_module {
                // A macro may be called as its module is; what else a module gives stands behind its name.
                let called = file.body.windows(2).any(|two| two[0].text == import.name && two[1].text == "!");
                used.extend(called.then(|| (path, import.name.clone())));
            } else if !own_child || said(&import.name) {
                used.push((path, import.name.clone()));
            }
        }
        for path in paths(&file.body) {
            let name = path.last().cloned().unwrap_or_default();
            used.extend(Self::absolute(module, file, &path).map(|path| (path, name)));
        }
        used
    }

    /// A path from the crate down; none where it leads out of it.
    fn absolute(module: &Module, file: &File, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let from = |base: &[String]| Some([base, rest].concat());
        match first.as_str() {
            "crate" => from(&[]),
            "self" => from(module),
            "super" => {
                let above = path.iter().take_while(|part| *part == "super").count();
                Some([&module[..module.len().checked_sub(above)?], &path[above..]].concat())
            }
            child if file.children.contains(child) => Some([module, path].concat()),
            name => {
                let import = file.imports.iter().find(|import| import.name == name && import.path != path)?;
                let base = Self::absolute(module, file, &import.path)?;
                from(&base)
            }
        }
    }

    fn resolve(&self, path: &[String], depth: usize) -> Option<Target> {
        let mut module = Module::new();
        let mut rest = path;
        while let Some((first, behind)) = rest.split_first() {
            let deeper = [module.as_slice(), std::slice::from_ref(first)].concat();
            if !self.0.contains_key(&deeper) {
                break;
            }
            (module, rest) = (deeper, behind);
        }
        let Some((name, behind)) = rest.split_first() else { return Some(Target { module, name: None }) };
        let file = self.0.get(&module)?;
        if depth < 9 && !file.defined.contains(name) {
            let named = file.imports.iter().filter(|import| import.name == *name);
            for import in named.chain(file.imports.iter().filter(|import| import.name == "*")) {
                let Some(base) = Self::absolute(&module, file, &import.path) else { continue };
                let all = import.name == "*";
                let next = if all { [&base, rest].concat() } else { [&base, behind].concat() };
                let found = self.resolve(&next, depth + 1).filter(|target| {
                    let defines = |name| self.0.get(&target.module).is_some_and(|f| f.defined.contains(name));
                    !all || target.name.as_ref().is_none_or(defines)
                });
                if found.is_some() {
                    return found;
                }
            }
        }
        Some(Target { module, name: Some(name.clone()) })
    }
}

fn file(path: &str, text: &str) -> File {
    let all = without_tests(&tokens(text));
    let (mut imports, mut body) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < all.len() {
        if all[at].text == "use" {
            let end = all[at..].iter().position(|token| token.text == ";").map_or(all.len(), |n| at + n);
            let shown = body.last().is_some_and(|before: &Token| matches!(before.text.as_str(), "pub" | ")"));
            tree_of_use(&all[at + 1..end], &[], shown, &mut imports);
            at = end;
        }
        body.extend(all.get(at).cloned());
        at += 1;
    }
    let pairs = || body.windows(2).filter(|two| two[1].is_word());
    let after = |kinds: &[&str]| -> BTreeSet<String> {
        pairs().filter(|two| kinds.contains(&two[0].text.as_str())).map(|two| two[1].text.clone()).collect()
    };
    let mut defined = after(&["fn", "struct", "enum", "trait", "type", "const", "static"]);
    let macros = body.windows(3).filter(|three| three[0].text == "macro_rules");
    defined.extend(macros.map(|three| three[2].text.clone()));
    File { path: path.to_owned(), imports, children: after(&["mod"]), defined, body }
}

/// The names of one `use`: `a::{b, c::{self, d as e}, f::*}`.
fn tree_of_use(tokens: &[Token], base: &[String], shown: bool, imports: &mut Vec<Import>) {
    let mut path = base.to_vec();
    let mut name = None;
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" => {
                let inner = &tokens[at + 1..behind(tokens, at) - 1];
                let mut start = 0;
                while start < inner.len() {
                    let end = end_of_member(inner, start);
                    tree_of_use(&inner[start..end], &path, shown, imports);
                    start = end + 1;
                }
                return;
            }
            "as" => name = tokens.get(at + 1).map(|token| token.text.clone()),
            "*" => name = Some("*".to_owned()),
            "::" => {}
            "self" if !path.is_empty() => {}
            _ if name.is_none() => path.push(token.text.clone()),
            _ => {}
        }
    }
    let name = name.or_else(|| path.last().cloned()).unwrap_or_default();
    imports.push(Import { path, name, shown });
}

fn end_of_member(tokens: &[Token], start: usize) -> usize {
    let mut at = start;
    while at < tokens.len() && tokens[at].text != "," {
        at = if tokens[at].text == "{" { behind(tokens, at) } else { at + 1 };
    }
    at
}

/// Paths of two parts or more; those of a macro's text (`$crate::…`) belong to who calls it.
fn paths(body: &[Token]) -> Vec<Module> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let before = at.checked_sub(1).map_or("", |before| body[before].text.as_str());
        let mut end = at;
        while body[end].is_word() && body.get(end + 1).is_some_and(|token| token.text == "::") {
            if !body.get(end + 2).is_some_and(Token::is_word) {
                break;
            }
            end += 2;
        }
        if end > at && !matches!(before, "::" | "$") {
            found.push(body[at..=end].iter().step_by(2).map(|token| token.text.clone()).collect());
        }
        at = end + 1;
    }
    found
}

/// Circles, the shortest first, with the names that tie them; none that shares a tie with one already told.
pub fn circles(edges: &Edges) -> Vec<String> {
    let mut found = BTreeSet::new();
    for (from, others) in edges {
        for other in others.keys() {
            let Some(mut circle) = shortest(edges, other, from) else { continue };
            let first = circle.iter().enumerate().min_by_key(|(_, file)| *file).map_or(0, |(at, _)| at);
            circle.rotate_left(first);
            found.insert((circle.len(), circle));
        }
    }
    let mut ties = BTreeSet::new();
    let mut kept = Vec::new();
    for (_, circle) in found {
        let own: Vec<_> = circle.iter().cloned().zip(circle.iter().cycle().skip(1).cloned()).collect();
        if own.iter().all(|tie| !ties.contains(tie)) {
            kept.push(told(edges, &circle));
            ties.extend(own);
        }
    }
    kept
}

fn shortest(edges: &Edges, from: &str, to: &str) -> Option<Vec<String>> {
    let mut came: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = VecDeque::from([from]);
    while let Some(here) = open.pop_front() {
        if here == to {
            let mut way = vec![here.to_owned()];
            let mut last = here;
            while last != from {
                last = came[last];
                way.insert(0, last.to_owned());
            }
            return Some(way);
        }
        for next in edges.get(here).into_iter().flat_map(BTreeMap::keys) {
            if next != from && !came.contains_key(next.as_str()) {
                came.insert(next, here);
                open.push_back(next);
            }
        }
    }
    None
}

fn told(edges: &Edges, circle: &[String]) -> String {
    let step = |(file, next): (&String, &String)| {
        let names: Vec<&str> = edges[file][next].iter().map(String::as_str).collect();
        format!("{file} -[{}]-> ", names.join(" "))
    };
    circle.iter().zip(circle.iter().cycle().skip(1)).map(step).collect::<String>() + circle[0].as_str()
}
