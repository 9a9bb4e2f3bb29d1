//! Writes a page with given facts, in the layout of a capture and with prose of our own.

use serde_json::Value;

pub fn of(facts: &Value) -> String {
    let method = text(&facts["method"]);
    let mut page = format!("{method} A made-up operation\n\n\n");
    let sections = [
        ("Path Parameters", "path_parameters"),
        ("Query Parameters", "query_parameters"),
        ("Cookies", "cookies"),
        ("Headers", "headers"),
    ];
    for (heading, key) in sections {
        if let Some(fields) = facts[key].as_array() {
            page += &format!("{heading}\n{}", list(fields));
        }
    }
    let body = &facts["body"];
    if body.is_object() {
        page += "Body\n";
        if body["required"] == true {
            page += "required\n";
        }
        if let Some(media_type) = body["media_type"].as_str() {
            page += &format!("{media_type}\n");
        }
        page += &list(&array(&body["fields"]));
    }
    page += &responses(facts);
    let path = text(&facts["path"]);
    page += &format!(
        "Request Example for {}{path}\n{}\n",
        method.to_lowercase(),
        command(&facts["sample"])
    );
    if !facts["example"].is_null() {
        page += &format!("{:#}\n\nExample response\n\n", facts["example"]);
    }
    page + "Copyright © 2000 Nobody in particular.\nMore links\n  • Home"
}

fn list(fields: &[Value]) -> String {
    let fields: Vec<String> = fields.iter().map(field).collect();
    fields.join("\n")
}

fn field(field: &Value) -> String {
    let mut lines = format!("  • {}\n", text(&field["name"]));
    if let Some(kind) = field["type"].as_str() {
        let format = field["format"].as_str();
        let format = format.map(|format| format!("Format: {format}"));
        lines += &format!("    Type: {kind}{}\n", format.unwrap_or_default());
    }
    let values = array(&field["values"]);
    if !values.is_empty() {
        lines += "    enum\n";
    }
    if field["required"] == true {
        lines += "    required\n";
    }
    lines += "\n    What this is for. It is required: in prose the word says nothing.\n";
    if !values.is_empty() {
        lines += "\n    values\n";
        for value in &values {
            lines += &format!("    • {}\n", text(value));
        }
    }
    lines
}

fn responses(facts: &Value) -> String {
    let mut lines = "Responses\n".to_owned();
    for media_type in array(&facts["media_types"]) {
        lines += &format!("  • {}\n", text(&media_type));
    }
    for response in array(&facts["responses"]) {
        lines += &format!("  • {}\n\n", text(&response["status"]));
        if let Some(title) = response["title"].as_str() {
            lines += &format!("    {title}\n\n");
        }
    }
    lines
}

fn command(sample: &Value) -> String {
    let mut parts = vec![
        format!("curl {}", text(&sample["url"])),
        format!("  --request {}", text(&sample["method"])),
    ];
    for header in array(&sample["headers"]) {
        let (name, value) = (text(&header["name"]), text(&header["value"]));
        parts.push(format!("  --header '{name}: {value}'"));
    }
    if let Some(body) = sample["body"].as_str() {
        parts.push(format!("  --data '{body}'"));
    }
    parts.join(" \\\n")
}

fn array(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
