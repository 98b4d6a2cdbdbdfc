//! `backup` and `restore`: a copy counts only once its own books were audited; a restore that does
//! not audit leaves nothing behind.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use sha2::{Digest, Sha256};

use super::audit;
use crate::{
    app,
    config::Config,
    db::{Db, copy},
    kernel::{Clock, Error, Result},
};

/// Copies a market into one file while it runs.
pub async fn backup(config: Config, file: PathBuf) -> Result<ExitCode> {
    let checksum = beside(&file, ".sha256");
    for taken in [&file, &checksum] {
        if taken.exists() {
            return Err(Error::fault(format!("{} exists already; choose another name", taken.display())));
        }
    }
    let db = app::open_existing(&config).await?;
    let partial = beside(&file, ".partial");
    let done = written(&db, &partial).await;
    db.close().await;
    match done {
        Ok(true) => {}
        Ok(false) => {
            let faulty = beside(&file, ".faulty");
            fs::rename(&partial, &faulty)?;
            return Err(Error::fault(format!("NOT a good backup: the copy does not audit; see {}", faulty.display())));
        }
        Err(error) => {
            // What was written of it is of no use; the first error is the one that tells.
            let _ = fs::remove_file(&partial);
            return Err(error);
        }
    }
    let digest = digest(&partial)?;
    let name = file.file_name().unwrap_or_default().display();
    fs::write(&checksum, format!("{digest}  {name}\n"))?;
    File::open(&partial)?.sync_all()?;
    File::open(&checksum)?.sync_all()?;
    fs::rename(&partial, &file)?;
    File::open(file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")))?.sync_all()?;
    say!("a good backup: {} ({} bytes), SHA-256 in {}", file.display(), fs::metadata(&file)?.len(), checksum.display());
    Ok(ExitCode::SUCCESS)
}

/// Writes the copy and audits it; `false` where an invariant does not hold in it.
async fn written(db: &Db, partial: &Path) -> Result<bool> {
    let _ = fs::remove_file(partial);
    let now = Clock::System.now();
    copy::backup(db, partial, now).await?;
    let copied = Db::open_copy(partial).await?;
    let holds = match copy::whole(&copied).await {
        Ok(()) => audit::told(&mut *copied.long_snapshot().await?, now).await,
        Err(error) => Err(error),
    };
    copied.close().await;
    holds
}

/// Puts a backup into the configured database, which must be empty.
pub async fn restore(config: Config, file: PathBuf) -> Result<ExitCode> {
    if !file.is_file() {
        return Err(Error::fault(format!("there is no backup {}", file.display())));
    }
    compare_checksum(&file)?;
    let from = Db::open_copy(&file).await?;
    let done = match copy::whole(&from).await {
        Ok(()) => restored(&config, &from).await,
        Err(error) => Err(error),
    };
    from.close().await;
    done?;
    say!("restored from {}; start the market with yanxi serve", file.display());
    Ok(ExitCode::SUCCESS)
}

async fn restored(config: &Config, from: &Db) -> Result<()> {
    let url = config.database_url();
    let new = url.strip_prefix("sqlite:").map(|path| PathBuf::from(path.trim_start_matches("//")));
    let new = new.filter(|path| !path.exists());
    let to = app::connect(config).await?;
    let done = audited(from, &to).await;
    to.close().await;
    if let (Err(_), Some(path)) = (&done, new) {
        // Nothing was restored: the file that this made goes, so that a start does not take it for a new market.
        let _ = fs::remove_file(path);
    }
    done
}

/// All rows in one transaction, committed only if every invariant holds in it.
async fn audited(from: &Db, to: &Db) -> Result<()> {
    let now = Clock::System.now();
    let mut tx = copy::restore(from, to, now).await?;
    if audit::told(&mut tx, now).await? {
        return tx.commit().await;
    }
    tx.rollback().await?;
    Err(Error::fault("nothing was restored: the books in this backup do not hold"))
}

/// A backup whose bytes changed since it was made is refused.
fn compare_checksum(file: &Path) -> Result<()> {
    let checksum = beside(file, ".sha256");
    let Ok(kept) = fs::read_to_string(&checksum) else {
        say!("note: there is no {}; the copy is checked by its books alone", checksum.display());
        return Ok(());
    };
    if kept.split_whitespace().next() == Some(digest(file)?.as_str()) {
        return Ok(());
    }
    Err(Error::fault(format!(
        "nothing was restored: {} is not the file that was backed up, its SHA-256 differs from {}",
        file.display(),
        checksum.display()
    )))
}

fn digest(file: &Path) -> Result<String> {
    let mut file = File::open(file)?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 20];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(&block[..read]),
        }
    }
}

/// The path with an ending added to its name.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    PathBuf::from(name)
}
