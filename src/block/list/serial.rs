//! Numbers of lists.

use jiff::civil::Date;

/// Numbers a day may begin with before they run into the next day's.
const A_DAY: u64 = 100;

/// The number of the next list: `YYYYMMDDnn` of its day (RFC 1912 §2.2), `nn` from 01, always above `previous`. The
/// hundredth list of a day runs into the numbers of the next day, which then begin where it ended. Fits into 32 bits
/// until the year 4294, which is what a zone holds.
pub fn next_serial(previous: Option<u64>, day: Date) -> u64 {
    let number = |part: i64| u64::try_from(part).unwrap_or(0);
    let (year, month) = (number(day.year().into()), number(day.month().into()));
    let date = (year * 100 + month) * 100 + number(day.day().into());
    let first_of_day = date * A_DAY + 1;
    previous.map_or(first_of_day, |previous| first_of_day.max(previous + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_serial_names_its_day_and_counts_on() {
        let day = date(2026, 11, 22);
        assert_eq!(next_serial(None, day), 2_026_112_201);
        assert_eq!(next_serial(Some(2_026_112_201), day), 2_026_112_202);
        assert_eq!(next_serial(Some(2_026_112_107), day), 2_026_112_201);
    }

    #[test]
    fn the_hundredth_list_of_a_day_is_carried_into_the_next() {
        let day = date(2026, 11, 22);
        assert_eq!(next_serial(Some(2_026_112_299), day), 2_026_112_300);
        let next = date(2026, 11, 23);
        assert_eq!(next_serial(Some(2_026_112_300), next), 2_026_112_301);
        assert_eq!(next_serial(Some(2_026_112_341), next), 2_026_112_342);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_set_back_serials() {
        let later = next_serial(None, date(2027, 1, 1));
        assert_eq!(next_serial(Some(later), date(2026, 1, 1)), later + 1);
    }

    proptest! {
        #[test]
        fn serials_grow_and_fit_into_a_zone(
            days in proptest::collection::vec((2020i16..2200, 1i8..=12, 1i8..=28), 1..200)
        ) {
            let mut previous = None;
            for (year, month, day) in days {
                let serial = next_serial(previous, date(year, month, day));
                prop_assert!(previous.is_none_or(|before| serial > before));
                prop_assert!(u32::try_from(serial).is_ok());
                previous = Some(serial);
            }
        }
    }
}
