//! The master key, under which the keys of persons are stored, and the cipher for both (AES-256-GCM).

use crate::error::AccountsError;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Length of the nonce in front of every ciphertext, in bytes (96 bits, NIST SP 800-38D).
const NONCE_LENGTH: usize = 12;

/// 32 random bytes from a file that only its owner may read. Whoever loses it loses every sealed value.
#[derive(Clone)]
pub struct MasterKey(pub(crate) [u8; 32]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// Reads the key from a file of base64 text. Refuses a file that others may read or write.
    pub fn load(path: &Path) -> Result<Self, AccountsError> {
        let failed = |error| AccountsError::MasterKeyFile(path.to_owned(), error);
        let mut file = File::open(path).map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(AccountsError::MasterKeyExposed { path: path.to_owned(), mode });
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed)?;
        let bytes = STANDARD.decode(text.trim()).ok();
        let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        key.map(Self).ok_or_else(|| AccountsError::MasterKeyMalformed(path.to_owned()))
    }

    /// Reads the key, or makes the file with a new random key where there is none. Two callers at the same time
    /// get the same key, and a crash leaves no half-written file under that name.
    pub fn load_or_create(path: &Path) -> Result<Self, AccountsError> {
        match Self::load(path) {
            Err(AccountsError::MasterKeyFile(_, error)) if error.kind() == ErrorKind::NotFound => {
                let mut key = [0; 32];
                getrandom::fill(&mut key)?;
                let unfinished = getrandom::u64()?;
                write_new(path, unfinished, &format!("{}\n", STANDARD.encode(key)))
                    .map_err(|error| AccountsError::MasterKeyFile(path.to_owned(), error))?;
                Self::load(path)
            }
            loaded => loaded,
        }
    }
}

/// Writes a file that only its owner may read, unless there is one already. It is written whole under another name,
/// which ends in the random number `unfinished`, and only then gets its own.
fn write_new(path: &Path, unfinished: u64, text: &str) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{unfinished:016x}"));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&name)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&name, path);
    std::fs::remove_file(&name)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        },
    }
}

/// Encrypts under a random nonce, which stands in front of the result. `bound` must be given again to decrypt.
pub(crate) fn encrypt(key: &[u8; 32], bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, AccountsError> {
    let mut nonce = [0; NONCE_LENGTH];
    getrandom::fill(&mut nonce)?;
    let payload = Payload { msg: plain, aad: bound };
    let ciphertext = Aes256Gcm::new(&(*key).into())
        .encrypt(&Nonce::from(nonce), payload)
        .map_err(|_| AccountsError::TooLongToSeal)?;
    Ok([nonce.as_slice(), &ciphertext].concat())
}

/// Decrypts; `None` when anything was changed, or the key or `bound` is another.
pub(crate) fn decrypt(key: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
    let payload = Payload { msg: ciphertext, aad: bound };
    Aes256Gcm::new(&(*key).into()).decrypt(&Nonce::from(*nonce), payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("accounts-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn a_new_key_file_is_for_its_owner_only_and_is_read_again() {
        let folder = Folder::new("new");
        let path = folder.0.join("master.key");
        let made = MasterKey::load_or_create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(MasterKey::load_or_create(&path).unwrap().0, made.0);
        assert_eq!(MasterKey::load(&path).unwrap().0, made.0);
        assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1, "no unfinished file is left");
    }

    #[test]
    fn callers_at_the_same_time_get_the_same_key() {
        let folder = Folder::new("race");
        let path = folder.0.join("master.key");
        let keys: Vec<_> = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..8).map(|_| scope.spawn(|| MasterKey::load_or_create(&path))).collect();
            callers.into_iter().map(|caller| caller.join().unwrap().unwrap().0).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_file_is_not_made_by_load() {
        let folder = Folder::new("missing");
        let error = MasterKey::load(&folder.0.join("master.key")).unwrap_err();
        assert!(matches!(error, AccountsError::MasterKeyFile(..)), "{error}");
    }

    #[test]
    fn a_key_file_open_to_others_is_refused_with_the_way_out() {
        let folder = Folder::new("open");
        let path = folder.0.join("master.key");
        MasterKey::load_or_create(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = MasterKey::load_or_create(&path).unwrap_err().to_string();
        assert!(error.contains("0640") && error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_file_without_a_key_is_refused() {
        let folder = Folder::new("empty");
        let path = folder.0.join("master.key");
        for text in ["", "c2hvcnQ=", "not base64"] {
            let _ = std::fs::remove_file(&path);
            write_new(&path, 1, text).unwrap();
            assert!(matches!(MasterKey::load(&path), Err(AccountsError::MasterKeyMalformed(_))), "{text}");
        }
    }

    #[test]
    fn a_changed_byte_or_another_binding_does_not_decrypt() {
        let sealed = encrypt(&[7; 32], b"name", "张三".as_bytes()).unwrap();
        assert_eq!(decrypt(&[7; 32], b"name", &sealed).unwrap(), "张三".as_bytes());
        assert_eq!(decrypt(&[7; 32], b"id_number", &sealed), None);
        assert_eq!(decrypt(&[8; 32], b"name", &sealed), None);
        assert_eq!(decrypt(&[7; 32], b"name", &sealed[..5]), None);
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(decrypt(&[7; 32], b"name", &changed), None, "byte {index}");
        }
    }
}
