//! docker-compose.yml as Debian's docker-compose reads it; a container engine is not needed.

use std::process::Command;

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The stack as `docker-compose config` understands it, or `None` where the tool is missing.
fn config() -> Option<Value> {
    let mut command = Command::new("docker-compose");
    command.arg("config").current_dir(ROOT).env_clear().env("PATH", std::env::var_os("PATH")?);
    let Ok(output) = command.output() else {
        eprintln!("skipped: docker-compose is not installed (Debian: apt install docker-compose)");
        return None;
    };
    let (text, faults) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "docker-compose config: {faults}");
    assert!(!faults.to_lowercase().contains("warn"), "{faults}");
    Some(tree(&text))
}

/// The plain YAML that `config` prints (maps, lists, scalars; nothing folded that the tests look at) as JSON.
fn tree(text: &str) -> Value {
    let lines: Vec<(usize, &str)> =
        text.lines().filter(|l| !l.trim().is_empty()).map(|l| (l.len() - l.trim_start().len(), l.trim())).collect();
    branch(&lines).0
}

fn branch(lines: &[(usize, &str)]) -> (Value, usize) {
    let Some(&(depth, first)) = lines.first() else { return (Value::Null, 0) };
    let (mut map, mut list, mut at) = (serde_json::Map::new(), Vec::new(), 0);
    let is_list = first.starts_with("- ");
    while let Some(&(own, line)) = lines.get(at) {
        if own != depth || line.starts_with("- ") != is_list {
            break;
        }
        at += 1;
        if is_list {
            list.push(Value::String(line.trim_start_matches("- ").to_owned()));
            at += lines[at..].iter().take_while(|l| l.0 > own).count();
            continue;
        }
        let (key, scalar) = line.split_once(':').unwrap_or((line, ""));
        let below = lines.get(at).filter(|l| l.0 > own || (l.0 == own && l.1.starts_with("- ")));
        let value = match below {
            Some(_) if scalar.trim().is_empty() => {
                let (value, used) = branch(&lines[at..]);
                at += used;
                value
            }
            _ => Value::String(scalar.trim().trim_matches(['"', '\'']).to_owned()),
        };
        // What a folded scalar or a map in a list goes on with is not looked at.
        at += lines[at..].iter().take_while(|l| l.0 > own).count();
        map.insert(key.trim_matches(['"', '\'']).to_owned(), value);
    }
    (if is_list { Value::Array(list) } else { Value::Object(map) }, at)
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default()
}

#[test]
fn the_stack_starts_without_the_parts_that_are_not_used_yet() {
    let Some(stack) = config() else { return };
    let services = stack["services"].as_object().unwrap();
    assert_eq!(names(&stack["services"]), ["meilisearch", "objects", "postgres", "proxy", "yanxi-1", "yanxi-2"]);
    let apart: Vec<_> = services.iter().filter(|s| s.1.get("profiles").is_some()).map(|s| s.0.as_str()).collect();
    assert_eq!(apart, ["meilisearch", "objects"]);
    for (name, service) in services.iter().filter(|s| s.1.get("profiles").is_none()) {
        for needed in names(&service["depends_on"]) {
            assert!(!apart.contains(&needed), "{name} needs {needed}, which does not start");
        }
    }
}

#[test]
fn each_service_has_a_health_check_and_a_pinned_image_or_a_build() {
    let Some(stack) = config() else { return };
    for (name, service) in stack["services"].as_object().unwrap() {
        assert!(service["healthcheck"]["test"].is_array(), "{name} has no health check");
        let image = service["image"].as_str().unwrap_or_default();
        assert!(image.contains(':') && !image.ends_with(":latest"), "{name}: {image}");
        assert_eq!(service["restart"], "unless-stopped", "{name}");
    }
}

#[test]
fn data_lies_in_named_volumes_and_secrets_in_files() {
    let Some(stack) = config() else { return };
    assert_eq!(names(&stack["volumes"]), ["certificates", "media", "objects", "postgres", "search"]);
    for (name, secret) in stack["secrets"].as_object().unwrap() {
        assert!(secret["file"].as_str().unwrap().contains("deploy/secrets/"), "{name}");
    }
    let text = std::fs::read_to_string(format!("{ROOT}/docker-compose.yml")).unwrap();
    for line in text.lines().filter(|l| !l.trim_start().starts_with('#')) {
        let plain = line.contains("PASSWORD:") || line.contains("MASTER_KEY:") || line.contains("SECRET:");
        assert!(!plain, "a secret in the file: {line}");
    }
    let shared = [&stack["services"]["yanxi-1"], &stack["services"]["yanxi-2"]];
    assert_eq!(shared[0]["environment"], shared[1]["environment"]);
    assert_eq!(shared[0]["environment"]["DATABASE_URL"], "postgres://yanxi:PASSWORD@postgres/yanxi");
}

#[test]
fn the_entrypoint_puts_the_secret_into_the_url_and_refuses_one_that_would_break_it() {
    let entrypoint = std::fs::read_to_string(format!("{ROOT}/deploy/entrypoint")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("postgres_password");
    // The same script, with the secret of this test and a program that shows what it was given.
    let script = entrypoint.replace("/run/secrets/postgres_password", secret.to_str().unwrap()).replace(
        "exec setpriv --reuid=yanxi --regid=yanxi --init-groups yanxi \"$@\"",
        "printf '%s %s' \"$DATABASE_URL\" \"$@\"",
    );
    let run = |password: &str| {
        std::fs::write(&secret, password).unwrap();
        Command::new("/bin/sh")
            .args(["-c", &script, "entrypoint", "serve"])
            .env("DATABASE_URL", "postgres://yanxi:PASSWORD@postgres/yanxi")
            .output()
            .unwrap()
    };
    let good = run("abc123\n");
    assert_eq!(String::from_utf8_lossy(&good.stdout), "postgres://yanxi:abc123@postgres/yanxi serve");
    for bad in ["", "a/b", "a@b", "a b"] {
        assert!(!run(bad).status.success(), "{bad:?} was taken");
    }
}
