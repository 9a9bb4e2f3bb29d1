//! Cells of a table as text.

/// Each row as a line, with its cells in columns.
pub fn aligned<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    });
    let line = |row: &[String; N]| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("  {cell:width$}"));
        }
        line.truncate(line.trim_end().len());
        line + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn cells_of_a_column_begin_at_the_same_place_and_no_line_ends_with_spaces() {
        let rows = [["a", "b", "c"], ["été", "", "x"], ["", "bb", ""]];
        let lines = aligned(&rows.map(|row| row.map(str::to_owned)));
        assert_eq!(lines, ["  a    b   c\n", "  été      x\n", "       bb\n"]);
    }
}
