//! Memory that is zeroed when it is dropped. The type of that name in the zeroize crate writes byte by byte, and a
//! token has more than a thousand of them; here all are written at once, and the barrier of the same crate keeps
//! the compiler from leaving that out.

use std::ops::{Deref, DerefMut};

use subtle::ConstantTimeEq as _;
use zeroize::optimization_barrier;

/// Bytes, characters or text whose memory is zeroed when it is dropped, to the end of its capacity. What grows in place can leave
/// a copy behind that is not.
#[derive(Clone, Default)]
pub(crate) struct Zeroizing<T: Erase>(T);

/// What can be zeroed.
pub(crate) trait Erase {
    /// Zeroes the memory.
    fn erase(&mut self);
}

impl<T: Copy + Default> Erase for Vec<T> {
    fn erase(&mut self) {
        self.fill(T::default());
        // Beyond the end there may be what was there before.
        self.resize(self.capacity(), T::default());
        optimization_barrier(self.as_slice());
    }
}

impl Erase for String {
    fn erase(&mut self) {
        std::mem::take(self).into_bytes().erase();
    }
}

impl<T: Erase> Zeroizing<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }
}

/// What was to be kept is more than may be kept.
#[derive(Debug)]
pub(crate) struct NoRoom;

impl Zeroizing<Vec<u8>> {
    /// Adds bytes, as long as there are no more than `most`, which is checked when it has to grow: it may have no more
    /// capacity from the beginning. An encoder adds a few bytes at a time: if there is room, that costs what it costs
    /// with any other `Vec`.
    #[inline]
    pub(crate) fn append(&mut self, bytes: &[u8], most: usize) -> Result<(), NoRoom> {
        // The condition of `extend_from_slice`, which the compiler then leaves out.
        if bytes.len() > self.0.capacity() - self.0.len() {
            return self.grow_and_append(bytes, most);
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    /// Growing in place would leave a copy of secret bytes behind, not zeroed.
    #[cold]
    #[inline(never)]
    fn grow_and_append(&mut self, bytes: &[u8], most: usize) -> Result<(), NoRoom> {
        let size = self.0.len().saturating_add(bytes.len());
        if size > most {
            return Err(NoRoom);
        }
        let room = size.max(most.min(self.0.capacity().saturating_mul(2)));
        let mut larger = Self::new(Vec::with_capacity(room));
        larger.0.extend_from_slice(&self.0);
        larger.0.extend_from_slice(bytes);
        *self = larger;
        Ok(())
    }
}

impl AsRef<[u8]> for Zeroizing<Vec<u8>> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Zeroizing<String> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Takes as long wherever two texts differ, so that nobody finds out a secret letter by letter. Their lengths are no
/// secret.
impl PartialEq for Zeroizing<String> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Zeroizing<String> {}

/// For who has to hand it to a library that takes no other text.
impl AsRef<str> for Zeroizing<String> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<Zeroizing<String>> for String {
    fn from(mut text: Zeroizing<String>) -> Self {
        std::mem::take(&mut text.0)
    }
}

impl<T: Erase> Drop for Zeroizing<T> {
    fn drop(&mut self) {
        self.0.erase();
    }
}

impl<T: Erase> Deref for Zeroizing<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Erase> DerefMut for Zeroizing<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Erase, Zeroizing};

    #[test]
    fn all_of_the_memory_is_zeroed_and_not_only_what_is_in_use() {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(&[7; 40]);
        bytes.truncate(3);
        let place = bytes.as_ptr();
        bytes.erase();
        assert_eq!(bytes, vec![0; bytes.capacity()]);
        assert_eq!((bytes.as_ptr(), bytes.len() >= 64), (place, true));

        let mut text = "canary".to_owned();
        text.erase();
        assert_eq!(text, "");
    }

    #[test]
    fn it_happens_when_the_value_is_dropped_and_for_each_copy() {
        #[derive(Clone)]
        struct Counted<'c>(&'c Cell<u32>);

        impl Erase for Counted<'_> {
            fn erase(&mut self) {
                self.0.set(self.0.get() + 1);
            }
        }

        let erased = Cell::new(0);
        let one = Zeroizing::new(Counted(&erased));
        let other = one.clone();
        assert_eq!(erased.get(), 0);
        drop(one);
        assert_eq!(erased.get(), 1);
        drop(other);
        assert_eq!(erased.get(), 2);
    }

    #[test]
    fn texts_are_equal_that_have_the_same_letters() {
        let text = |text: &str| Zeroizing::new(text.to_owned());
        let cases = [
            ("", "", true),
            ("a text", "a text", true),
            ("a text", "b text", false),
            ("a text", "a texu", false),
            ("a text", "a text ", false),
            ("a text", "", false),
        ];
        for (one, other, are_equal) in cases {
            assert_eq!(text(one) == text(other), are_equal, "{one:?} and {other:?}");
        }
    }

    #[test]
    fn a_text_that_is_handed_out_is_whole() {
        assert_eq!(String::from(Zeroizing::new("a text".to_owned())), "a text");
    }
}
