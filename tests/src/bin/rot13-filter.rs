//! A long-running filter as gitattributes(5) describes it, for the tests: letters move by thirteen, both ways.

use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let (mut from_git, mut to_git) = (io::stdin().lock(), io::stdout().lock());
    // Who we are and which version, then what we can do; each list ends with a flush.
    list(&mut from_git)?;
    send(&mut to_git, &[b"git-filter-server\n", b"version=2\n"])?;
    list(&mut from_git)?;
    send(
        &mut to_git,
        &[b"capability=clean\n", b"capability=smudge\n"],
    )?;
    while let Some(request) = list(&mut from_git)? {
        assert!(
            request.iter().any(|line| line.starts_with(b"command=")),
            "a request has a command"
        );
        let content = list(&mut from_git)?.unwrap_or_default().concat();
        let turned: Vec<u8> = content.into_iter().map(turn).collect();
        send(&mut to_git, &[b"status=success\n"])?;
        send(&mut to_git, &turned.chunks(65_000).collect::<Vec<_>>())?;
        send(&mut to_git, &[])?;
    }
    Ok(())
}

fn turn(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        other => other,
    }
}

/// The packets up to the next flush; `None` when git has hung up.
fn list(from_git: &mut impl Read) -> io::Result<Option<Vec<Vec<u8>>>> {
    let mut packets = Vec::new();
    loop {
        let mut length = [0; 4];
        if from_git.read(&mut length[..1])? == 0 {
            return Ok(None);
        }
        from_git.read_exact(&mut length[1..])?;
        let length = str::from_utf8(&length)
            .ok()
            .and_then(|digits| usize::from_str_radix(digits, 16).ok());
        let Some(length) = length.ok_or(io::ErrorKind::InvalidData)?.checked_sub(4) else {
            return Ok(Some(packets));
        };
        let mut packet = vec![0; length];
        from_git.read_exact(&mut packet)?;
        packets.push(packet);
    }
}

/// Sends packets and a flush.
fn send(to_git: &mut impl Write, packets: &[&[u8]]) -> io::Result<()> {
    for packet in packets {
        write!(to_git, "{:04x}", packet.len() + 4)?;
        to_git.write_all(packet)?;
    }
    to_git.write_all(b"0000")?;
    to_git.flush()
}
