//! What one relayed packet costs inside the plane, without sockets: 400 calls, both ways, in the order packets come.
//! `cargo bench -p centrale-media --bench relay` prints nanoseconds of CPU; compare only figures of one run. Linux only.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

use std::{
    hint::black_box,
    net::SocketAddr,
    time::{Duration, Instant},
};

use media::{
    codec::Codec,
    plane::{
        Channel, EndpointId, Generation, Limits, MediaCommand, Plane, Rtcp, Source, SourcePolicy,
        Stream,
    },
};

const CALLS: u64 = 400;
const ROUNDS: u32 = 1000;

fn remote(id: u64) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 10_000 + id as u16))
}

fn stream(id: u64, codec: Codec, source: SourcePolicy) -> Stream {
    Stream {
        remote: remote(id),
        rtcp: Rtcp::Mux,
        source,
        codec,
        send_pt: codec.static_pt(),
        receive: [(codec.static_pt(), codec)].into_iter().collect(),
        telephone_event: Some(101),
        telephone_event_receive: [101].into_iter().collect(),
        send: true,
        receive_audio: true,
        inband_dtmf: false,
        ptime: 20,
    }
}

/// CPU time of this thread, which other load on the machine does not stretch (`proc(5)`, schedstat: nanoseconds first).
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

/// A plane full of calls between parties with these codecs.
fn full(now: Instant, codecs: [Codec; 2], source: SourcePolicy) -> Plane {
    let mut plane = Plane::new(Limits::default(), 1);
    for id in 0..2 * CALLS {
        let endpoint = EndpointId(id);
        let generation = Generation(1);
        let stream = stream(id, codecs[id as usize % 2], source);
        let (ssrc, sequence, timestamp) = (id as u32, 0, 0);
        let rtp = 20_000 + id as u16;
        let open = MediaCommand::Open {
            endpoint,
            rtp,
            rtcp: None,
            ssrc,
            sequence,
            timestamp,
        };
        plane.command(now, open);
        plane.command(
            now,
            MediaCommand::Connect {
                endpoint,
                generation,
                stream,
            },
        );
        let source = Source::Endpoint(EndpointId(id ^ 1));
        plane.command(
            now,
            MediaCommand::Hear {
                endpoint,
                generation,
                source,
            },
        );
    }
    plane
}

/// Nanoseconds for each packet, with the buffer's filling (a copy of 172 bytes) taken off.
fn measure(name: &str, codecs: [Codec; 2], source: SourcePolicy) {
    let mut now = Instant::now();
    let mut plane = full(now, codecs, source);
    let mut buffer = [0u8; 2048];
    let (mut spent, mut filling) = (Duration::ZERO, Duration::ZERO);
    let mut sent = 0u64;
    for round in 0..ROUNDS {
        let [s0, s1] = (round as u16).to_be_bytes();
        let [t0, t1, t2, t3] = (round * 160).to_be_bytes();
        let begin = cpu();
        for id in 0..2 * CALLS {
            fill(&mut buffer, id, codecs, [s0, s1, t0, t1, t2, t3]);
            black_box(&mut buffer);
        }
        filling += cpu() - begin;
        let begin = cpu();
        for id in 0..2 * CALLS {
            fill(&mut buffer, id, codecs, [s0, s1, t0, t1, t2, t3]);
            let bytes = &mut buffer[..172];
            let out = plane.packet(now, EndpointId(id), Channel::Rtp, remote(id), bytes);
            sent += u64::from(black_box(out).is_some());
            while black_box(plane.poll()).is_some() {}
        }
        now += Duration::from_millis(20);
        if plane.next_deadline().is_some_and(|at| at <= now) {
            plane.tick(now);
            while black_box(plane.poll()).is_some() {}
        }
        spent += cpu() - begin;
    }
    let packets = f64::from(ROUNDS) * 2.0 * CALLS as f64;
    let each = (spent.as_nanos() as f64 - filling.as_nanos() as f64) / packets;
    println!("{name}: {each:.0} ns a packet, {sent} of {packets} relayed");
}

fn fill(buffer: &mut [u8; 2048], id: u64, codecs: [Codec; 2], numbers: [u8; 6]) {
    buffer[..12].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, id as u8]);
    buffer[1] = codecs[id as usize % 2].static_pt();
    buffer[2..8].copy_from_slice(&numbers);
    buffer[12..172].fill(0x55);
}

fn main() {
    use Codec::{G722, Pcma, Pcmu};
    measure("relay", [Pcma, Pcma], SourcePolicy::Signalled);
    measure("relay, learnt source", [Pcma, Pcma], SourcePolicy::Learn);
    measure(
        "A-law to and from mu-law",
        [Pcma, Pcmu],
        SourcePolicy::Signalled,
    );
    measure(
        "A-law to and from G.722",
        [Pcma, G722],
        SourcePolicy::Signalled,
    );
}
