//! Accounts: secrets sealed on disk, import all or nothing, the demo town (FEATURES SBC-7, NUM-1; RELIABILITY S2).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::{
    AccountChange, DataDir, Digests, Directory, DirectoryError, NewAccount, SymmetricRtp,
};
use std::fs;
use std::path::Path;
use town::{NOW, at};

const REALM: &str = "town.example";

fn mistakes(error: DirectoryError) -> Vec<(usize, String)> {
    let DirectoryError::Import(mistakes) = error else {
        panic!("{error}")
    };
    mistakes
        .into_iter()
        .map(|mistake| (mistake.line, mistake.message))
        .collect()
}

#[tokio::test]
async fn the_demo_town_is_written_once() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    assert!(directory.seed_demo(NOW).await.unwrap());
    assert!(!directory.seed_demo(NOW).await.unwrap());
    let snapshot = directory.snapshot().await.unwrap();
    let names: Vec<&str> = snapshot
        .accounts
        .iter()
        .map(|account| account.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "2101", "2102", "2103", "2104", "2105", "2106", "2107", "2108", "2109", "2110"
        ]
    );
    let md5_alone: Vec<&str> = snapshot
        .accounts
        .iter()
        .filter(|account| account.digests == Digests::Md5)
        .map(|account| account.name.as_str())
        .collect();
    assert_eq!(md5_alone, ["2109", "2110"]);
    for account in &snapshot.accounts {
        let expected = directory::secret::ha1(
            &account.name,
            "demo.centrale",
            &format!("demo-{}", account.name),
            account.digests,
        );
        assert_eq!(account.ha1, expected);
        assert_eq!(account.ha1.sha256.is_some(), account.digests.sha256());
    }
    assert_eq!(snapshot.numbers[0].e164, "+3254310000");
    assert!(snapshot.numbers[0].is_valid_at(NOW));
    assert_eq!(snapshot.sites[0].emergency_number, "+3254310000");
    let services: Vec<&str> = snapshot
        .services
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    assert_eq!(services.len(), 9);
    for service in ["Population", "Reception", "Town planning"] {
        assert!(services.contains(&service), "{service}");
    }
}

#[tokio::test]
async fn a_phone_that_reads_md5_alone_goes_on_with_its_password() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let account = NewAccount::new(REALM, "2101", "correct horse battery");
    directory.add_account(&account, NOW).await.unwrap();
    let ha1 = |password, digests| directory::secret::ha1("2101", REALM, password, digests);
    let proof = |digests| AccountChange {
        digests: Some(digests),
        ..AccountChange::default()
    };
    let change =
        async |change: &AccountChange| directory.change_account(REALM, "2101", change).await;
    change(&proof(Digests::Md5)).await.unwrap();
    let now = directory.accounts().await.unwrap().remove(0);
    assert_eq!(now.ha1, ha1("correct horse battery", Digests::Md5));
    assert_eq!(
        (now.digests, now.display),
        (Digests::Md5, "2101".to_owned())
    );

    // SHA-256 of that password is gone, and nobody but the phone knows it any more.
    let refused = change(&proof(Digests::Sha256ThenMd5)).await.unwrap_err();
    assert!(
        refused.to_string().contains("it needs a new one"),
        "{refused}"
    );
    let anew = AccountChange {
        password: Some("staple".to_owned()),
        display: Some("Counter".to_owned()),
        ..proof(Digests::Sha256ThenMd5)
    };
    change(&anew).await.unwrap();
    let now = directory.accounts().await.unwrap().remove(0);
    assert_eq!(now.ha1, ha1("staple", Digests::Sha256ThenMd5));
    assert_eq!(now.display, "Counter");
    assert!(
        directory
            .change_account(REALM, "2199", &anew)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn no_secret_stands_in_the_database_files() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let account = NewAccount::new(REALM, "2101", "correct horse battery");
    directory.add_account(&account, NOW).await.unwrap();
    let opened = directory.accounts().await.unwrap();
    let sha256 = opened[0].ha1.sha256.unwrap();
    let md5 = opened[0].ha1.md5.unwrap();
    let key = fs::read(directory.data().key()).unwrap();
    assert!(!format!("{opened:?} {account:?}").contains("horse"));
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
            .into_bytes()
    };
    let mut seen_name = false;
    for entry in fs::read_dir(temp.path()).unwrap() {
        let path = entry.unwrap().path();
        if path == directory.data().key() || path.is_dir() {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        seen_name |= holds(b"2101");
        for needle in [
            &b"correct horse battery"[..],
            &sha256,
            &md5,
            &hex(&sha256),
            &hex(&md5),
            &key,
        ] {
            assert!(!holds(needle), "{}", path.display());
        }
    }
    assert!(
        seen_name,
        "the search itself must be able to find something"
    );
}

#[tokio::test]
async fn another_key_file_opens_nothing_and_a_missing_one_is_not_replaced() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    directory
        .add_account(&NewAccount::new(REALM, "2101", "password"), NOW)
        .await
        .unwrap();
    let key = directory.data().key();
    directory.close().await;
    drop(directory);
    let kept = fs::read(&key).unwrap();
    fs::write(&key, [1; 32]).unwrap();
    let directory = town::open(temp.path()).await;
    assert!(
        matches!(directory.accounts().await, Err(DirectoryError::Sealed { account }) if account == "2101@town.example")
    );
    directory.close().await;
    drop(directory);
    fs::remove_file(&key).unwrap();
    let error = Directory::open(DataDir::open(temp.path()).unwrap())
        .await
        .unwrap_err();
    assert!(matches!(error, DirectoryError::Key { .. }), "{error}");
    assert!(!key.exists());
    fs::write(&key, kept).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(
        town::open(temp.path())
            .await
            .accounts()
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn an_account_is_added_once_and_checked() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let mut account = NewAccount::new(REALM, "2101", &directory.generate_password().unwrap());
    assert!(account.password.len() >= 20);
    account.digests = Digests::Sha256;
    directory.add_account(&account, NOW).await.unwrap();
    assert!(
        matches!(directory.add_account(&account, NOW).await, Err(DirectoryError::AccountExists(name)) if name == "2101@town.example")
    );
    assert_eq!(
        directory.accounts().await.unwrap()[0].ha1.md5,
        None,
        "MD5 only where it is asked for"
    );
    for (name, password) in [
        ("a:b", "password"),
        ("", "password"),
        ("2102", "short"),
        ("2102", "line\nfeed in it"),
    ] {
        let error = directory
            .add_account(&NewAccount::new(REALM, name, password), NOW)
            .await
            .unwrap_err();
        assert!(
            matches!(error, DirectoryError::Invalid(_)),
            "{name:?} {password:?}"
        );
    }
    account.name = "2103".into();
    account.site = Some("nowhere".into());
    let error = directory.add_account(&account, NOW).await.unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    let before = directory.accounts().await.unwrap().remove(0);
    assert_eq!(before.symmetric_rtp, SymmetricRtp::Auto);
    assert!(before.outside && before.place.is_empty() && !before.blocked);
    let change = AccountChange {
        outside: Some(false),
        place: Some("room 12".into()),
        symmetric_rtp: Some(SymmetricRtp::On),
        ..AccountChange::default()
    };
    directory
        .change_account(REALM, "2101", &change)
        .await
        .unwrap();
    let nothing = AccountChange::default();
    directory
        .change_account(REALM, "2101", &nothing)
        .await
        .unwrap();
    let after = directory.accounts().await.unwrap().remove(0);
    assert_eq!(after.symmetric_rtp, SymmetricRtp::On);
    assert!(!after.outside && after.place == "room 12");
    assert!(directory.block_account(REALM, "2101", true).await.unwrap());
    assert!(directory.accounts().await.unwrap()[0].blocked);
    assert!(directory.remove_account(REALM, "2101").await.unwrap());
    assert!(!directory.remove_account(REALM, "2101").await.unwrap());
}

#[tokio::test]
async fn a_file_is_previewed_then_imported_whole() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    directory.seed_demo(NOW).await.unwrap();
    let text = "account;name;password;site;digests;calls;place;symmetric_rtp\r\n2201;\"Peeters; An\";my own password;town-hall;md5;inside;room 12;off\r\n2202;Jan;;;;;;\r\n";
    let preview = directory.preview_accounts(REALM, text).await.unwrap();
    assert_eq!(
        directory.accounts().await.unwrap().len(),
        10,
        "a preview writes nothing"
    );
    assert_eq!(
        preview
            .accounts
            .iter()
            .map(|row| (row.line, row.generated))
            .collect::<Vec<_>>(),
        [(2, false), (3, true)]
    );
    assert!(preview.accounts[1].account.password.len() >= 20);
    directory.import_accounts(&preview, NOW).await.unwrap();
    let accounts = directory.accounts().await.unwrap();
    let an = accounts
        .iter()
        .find(|account| account.name == "2201")
        .unwrap();
    assert_eq!(
        (an.display.as_str(), an.digests, an.ha1.sha256),
        ("Peeters; An", Digests::Md5, None)
    );
    let reach: Vec<_> = accounts
        .iter()
        .filter(|account| account.name.starts_with("22"))
        .map(|account| {
            (
                account.outside,
                account.place.as_str(),
                account.symmetric_rtp,
            )
        })
        .collect();
    assert_eq!(
        reach,
        [
            (false, "room 12", SymmetricRtp::Off),
            (true, "", SymmetricRtp::Auto)
        ]
    );
    let again = directory.import_accounts(&preview, NOW).await.unwrap_err();
    assert_eq!(mistakes(again)[0].0, 2);
}

#[tokio::test]
async fn a_file_with_mistakes_is_refused_whole_with_all_its_lines() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    directory.seed_demo(NOW).await.unwrap();
    directory
        .add_account(&NewAccount::new(REALM, "2201", "password"), NOW)
        .await
        .unwrap();
    let text = "account,name,site,number,digests,calls\n2201,there already,,,,\n2202,fine,,,,\n2203,,attic,,,\n2204,,,0470,,\n2205,,,,sha1,\n2202,twice,,,,\n2206,short\n2207,,,,,everywhere\n";
    let mistakes = mistakes(directory.preview_accounts(REALM, text).await.unwrap_err());
    assert_eq!(
        mistakes.iter().map(|mistake| mistake.0).collect::<Vec<_>>(),
        [2, 4, 5, 6, 7, 8, 9]
    );
    assert!(
        mistakes[1].1.contains("town-hall"),
        "the sites there are: {}",
        mistakes[1].1
    );
    assert_eq!(directory.accounts().await.unwrap().len(), 11);
}

#[tokio::test]
async fn a_header_is_needed_and_its_columns_known() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    for text in [
        "",
        "2201,Jan\n",
        "account,account\n",
        "name,password\nJan,password\n",
        "account,colour\n",
    ] {
        let mistakes = mistakes(directory.preview_accounts(REALM, text).await.unwrap_err());
        assert!(
            mistakes[0].0 == 1 && mistakes[0].1.contains("account, name, password"),
            "{text:?}: {mistakes:?}"
        );
    }
}

#[tokio::test]
async fn a_line_that_became_impossible_undoes_the_lines_before_it() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let preview = directory
        .preview_accounts(REALM, "account\n2201\n2202\n2203\n")
        .await
        .unwrap();
    directory
        .add_account(&NewAccount::new(REALM, "2203", "password"), at(1))
        .await
        .unwrap();
    assert_eq!(
        mistakes(
            directory
                .import_accounts(&preview, at(2))
                .await
                .unwrap_err()
        )[0]
        .0,
        4
    );
    assert_eq!(directory.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_verb_works_beside_the_running_program() {
    let temp = tempfile::tempdir().unwrap();
    let running = town::open(temp.path()).await;
    assert!(
        matches!(DataDir::open(temp.path()), Err(DirectoryError::InUse { path }) if path == Path::new(temp.path()))
    );
    let beside = Directory::open(DataDir::open_beside(temp.path()).unwrap())
        .await
        .unwrap();
    beside
        .add_account(&NewAccount::new(REALM, "2101", "password"), NOW)
        .await
        .unwrap();
    assert_eq!(running.snapshot().await.unwrap().accounts.len(), 1);
}
