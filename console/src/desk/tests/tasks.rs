//! What is to be done after a call: until when, when nobody said.

use super::*;

#[test]
fn a_task_without_an_end_gets_one_and_what_was_said_stays() {
    let stage = Stage::start();
    let (mut page, _) = Page::begin(&stage, &stage.cookie("reception1", "demo"), "a");
    let before = ms(std::time::SystemTime::now());
    let mut due = |more: Value| {
        let mut task = json!({"cmd": "task", "number": "+32479555666", "text": "permit"});
        task.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        assert_eq!(page.order(&id(), &task)["t"], "ack");
        let told = page.event("task");
        told["task"]["due_ms"].as_u64().unwrap()
    };
    assert_eq!(
        due(json!({"due_ms": 1_795_015_800_000_u64})),
        1_795_015_800_000
    );
    // The stage's reception is open for an hour yet.
    let hour = due(json!({})) - before;
    assert!((3_600_000..3_660_000).contains(&hour), "{hour}");
}
