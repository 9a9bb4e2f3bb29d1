//! What a caller would otherwise write with reqwest and serde: the same request, and the same answer as a struct
//! of plain texts.

use serde::Deserialize;

/// The documented answer, all documented parts of it.
#[derive(Deserialize)]
#[allow(dead_code, reason = "decoding fills in what nobody reads here")]
pub struct Answer {
    pub status: String,
    pub code: i64,
    pub data: Data,
}

#[derive(Deserialize)]
pub struct Data {
    pub tokens: Vec<Token>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoding fills in what nobody reads here")]
pub struct Token {
    pub payment_processor_id: String,
    pub payment_processor_type_id: i64,
    pub token: String,
    pub additional_info: Option<AdditionalInfo>,
    pub actions: Actions,
    pub bin_ranges: Option<BinRanges>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoding fills in what nobody reads here")]
pub struct AdditionalInfo {
    pub session_key: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoding fills in what nobody reads here")]
pub struct Actions {
    pub r#type: Option<String>,
    pub url: String,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoding fills in what nobody reads here")]
pub struct BinRanges {
    pub bin_ranges: Vec<BinRange>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoding fills in what nobody reads here")]
pub struct BinRange {
    pub range: Range,
    pub refundable: Option<bool>,
    pub pin_required: Option<bool>,
    pub rechargeable: Option<bool>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoding fills in what nobody reads here")]
pub struct Range {
    pub from: i64,
    pub to: i64,
}
