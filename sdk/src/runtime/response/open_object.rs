//! Objects that may have keys which no schema names. `flatten` of serde would pass their values through a buffer that
//! rounds large numbers. Here each value is read directly from the text.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

/// Reads an object: the members named in `known` into a `K`, all others into a map.
pub(crate) fn open_object<'de, D, K, V>(
    deserializer: D,
    known: &'static [&'static str],
) -> Result<(K, BTreeMap<String, V>), D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de>,
    V: Deserialize<'de>,
{
    deserializer.deserialize_map(OpenObject {
        known,
        result: PhantomData,
    })
}

struct OpenObject<K, V> {
    known: &'static [&'static str],
    result: PhantomData<(K, V)>,
}

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for OpenObject<K, V> {
    type Value = (K, BTreeMap<String, V>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        let mut extra = BTreeMap::new();
        let known = K::deserialize(MapAccessDeserializer::new(KnownMembers {
            members,
            known: self.known,
            extra: &mut extra,
        }))?;
        Ok((known, extra))
    }
}

/// The known members; the others are set aside.
struct KnownMembers<'e, A, V> {
    members: A,
    known: &'static [&'static str],
    extra: &'e mut BTreeMap<String, V>,
}

impl<'de, A: MapAccess<'de>, V: Deserialize<'de>> MapAccess<'de> for KnownMembers<'_, A, V> {
    type Error = A::Error;

    fn next_key_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        let mut seed = Some(seed);
        loop {
            let key = KnownKey {
                known: self.known,
                seed: &mut seed,
            };
            match self.members.next_key_seed(key)? {
                None => return Ok(None),
                Some(Key::Known(key)) => return Ok(Some(key)),
                Some(Key::Unknown(key)) => {
                    let value = self.members.next_value()?;
                    if self.extra.insert(key, value).is_some() {
                        return Err(A::Error::custom("a key appears twice"));
                    }
                }
            }
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.members.next_value_seed(seed)
    }
}

/// A key: the result of the seed if it is known, otherwise its text.
enum Key<T> {
    Known(T),
    Unknown(String),
}

/// Gives a known key to the seed without copying it.
struct KnownKey<'s, S> {
    known: &'static [&'static str],
    seed: &'s mut Option<S>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for KnownKey<'_, S> {
    type Value = Key<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for KnownKey<'_, S> {
    type Value = Key<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Self::Value, E> {
        match self.seed.take_if(|_| self.known.contains(&key)) {
            Some(seed) => seed.deserialize(StrDeserializer::new(key)).map(Key::Known),
            None => Ok(Key::Unknown(key.to_owned())),
        }
    }
}
