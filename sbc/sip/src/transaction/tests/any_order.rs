//! Calls to the table in any order, with names from a small world so that they collide: never a panic, one end each,
//! nothing left.

use std::collections::BTreeMap;

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{collection, proptest};

use super::*;
use crate::transaction::{Arrival, ClientTx, Incoming, ServerTx};

#[derive(Debug, Clone)]
enum Do {
    Arrive(usize, usize, bool),
    Hear(usize, usize, u16),
    Send(usize, usize, bool),
    Respond(u64, u16),
    Forget(u64),
    Unreachable(u64),
    Close,
    Pass(u64),
}

const METHODS: [&str; 5] = ["INVITE", "ACK", "CANCEL", "BYE", "FOO"];
const BRANCHES: [&str; 4] = ["z9hG4bKa", "z9hG4bKb", "c", "d"];

fn anything() -> impl Strategy<Value = Do> {
    let status = prop_oneof![
        Just(100),
        Just(180),
        Just(200),
        Just(302),
        Just(486),
        Just(699)
    ];
    let (method, branch) = (0..METHODS.len(), 0..BRANCHES.len());
    prop_oneof![
        (method.clone(), branch.clone(), any::<bool>())
            .prop_map(|(m, b, tcp)| Do::Arrive(m, b, tcp)),
        (method.clone(), branch.clone(), status.clone()).prop_map(|(m, b, s)| Do::Hear(m, b, s)),
        (method, branch, any::<bool>()).prop_map(|(m, b, tcp)| Do::Send(m, b, tcp)),
        (0..40u64, status).prop_map(|(tx, status)| Do::Respond(tx, status)),
        (0..40u64).prop_map(Do::Forget),
        (0..40u64).prop_map(Do::Unreachable),
        Just(Do::Close),
        (0..20_000u64).prop_map(Do::Pass),
    ]
}

/// What each transaction has said so far.
#[derive(Default)]
struct Ledger {
    live: BTreeMap<u64, &'static str>,
}

impl Ledger {
    fn note(&mut self, bench: &mut Bench) {
        while let Some(event) = bench.table.poll() {
            match event {
                TransactionEvent::ClientEnded(ClientTx(tx)) => {
                    assert_eq!(self.live.remove(&tx), Some("client"))
                }
                TransactionEvent::ServerEnded(ServerTx(tx)) => {
                    assert_eq!(self.live.remove(&tx), Some("server"))
                }
                TransactionEvent::TimedOut(ClientTx(tx))
                | TransactionEvent::Unreachable(ClientTx(tx)) => {
                    assert_eq!(self.live.get(&tx), Some(&"client"));
                }
                TransactionEvent::AckMissing(ServerTx(tx)) => {
                    assert_eq!(self.live.get(&tx), Some(&"server"))
                }
                TransactionEvent::Transmit { bytes, .. } => assert!(!bytes.is_empty()),
            }
        }
        assert_eq!(self.live.len(), bench.table.len());
    }
}

fn carry_out(bench: &mut Bench, ledger: &mut Ledger, order: Do) {
    let peer = |is_tcp: bool| if is_tcp { tcp() } else { udp() };
    match order {
        Do::Arrive(method, branch, is_tcp) => {
            let request = request(METHODS[method], BRANCHES[branch], "");
            match bench.table.request(bench.now, &request, &peer(is_tcp)) {
                Arrival::New(tx) | Arrival::Cancel { tx, .. } => {
                    assert_eq!(ledger.live.insert(tx.0, "server"), None);
                }
                Arrival::Ack | Arrival::Absorbed => {}
                Arrival::Full => panic!("full"),
            }
        }
        Do::Hear(method, branch, status) => {
            let answer = response(&request(METHODS[method], BRANCHES[branch], ""), status, "t");
            if let Incoming::Matched(tx) = bench.table.response(bench.now, &answer, &udp()) {
                assert_eq!(ledger.live.get(&tx.0), Some(&"client"));
            }
        }
        Do::Send(method, branch, is_tcp) => {
            let tx = bench.send(
                &request(METHODS[method], BRANCHES[branch], ""),
                peer(is_tcp),
            );
            assert_eq!(ledger.live.insert(tx.0, "client"), None);
        }
        Do::Respond(tx, status) => {
            let answer = response(&request("INVITE", "z9hG4bKa", ""), status, "t");
            bench.respond(ServerTx(tx), &answer);
        }
        Do::Forget(tx) => match ledger.live.remove(&tx) {
            Some("client") => bench.table.forget_client(ClientTx(tx)),
            _ => bench.table.forget_server(ServerTx(tx)),
        },
        Do::Unreachable(tx) => bench.table.unreachable(bench.now, ClientTx(tx)),
        Do::Close => bench.table.flow_closed(bench.now, FlowId(7)),
        Do::Pass(millis) => bench.pass(millis),
    }
}

proptest! {
    #[test]
    fn any_order_is_survived(orders in collection::vec(anything(), 1..80)) {
        let mut bench = Bench::new();
        let mut ledger = Ledger::default();
        for order in orders {
            carry_out(&mut bench, &mut ledger, order);
            ledger.note(&mut bench);
        }
        bench.pass(200_000);
        ledger.note(&mut bench);
        // What is left waits for its user: an unanswered request, a ringing INVITE.
        for (tx, side) in std::mem::take(&mut ledger.live) {
            if side == "client" {
                bench.table.forget_client(ClientTx(tx));
            } else {
                bench.table.forget_server(ServerTx(tx));
            }
        }
        assert!(bench.table.is_empty());
    }
}
