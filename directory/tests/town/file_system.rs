//! A small file system of its own for one test, as root; says when it could not be had.
use std::path::Path;
use std::process::Command;

const PLACE: &str = "CENTRALE_TEST_FILE_SYSTEM";

/// Runs `body` on an empty file system of `kilobytes`, in a process of its own: the test called `name` runs itself again.
pub fn of(kilobytes: u32, name: &str, body: fn(&Path)) {
    if let Ok(path) = std::env::var(PLACE) {
        return body(Path::new(&path));
    }
    let temp = tempfile::tempdir().unwrap();
    let mount = format!(
        "mount -t tmpfs -o size={kilobytes}k none {}",
        temp.path().display()
    );
    // A mount namespace of its own: nothing stays mounted whatever happens.
    let inside = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "sh", "-c", script])
            .arg(std::env::current_exe().unwrap())
            .env(PLACE, temp.path());
        command.status().is_ok_and(|status| status.success())
    };
    if !inside(&mount) {
        println!("NOT RUN: {name}: a file system of its own needs root and the right to mount");
        return;
    }
    assert!(
        inside(&format!(
            "{mount} && exec \"$0\" --exact {name} --nocapture"
        )),
        "see above"
    );
}
