//! Objects that may hold keys which no schema names. serde's own `flatten` would pass their values through a
//! buffer that rounds large numbers; here each value is read from the text directly.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
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

/// The members that are known; the others are put aside on the way.
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
        while let Some(key) = self.members.next_key::<String>()? {
            if self.known.contains(&key.as_str()) {
                return seed.deserialize(StringDeserializer::new(key)).map(Some);
            }
            let value = self.members.next_value()?;
            if self.extra.insert(key, value).is_some() {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        Ok(None)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.members.next_value_seed(seed)
    }
}
