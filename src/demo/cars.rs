//! The customers' cars.

use crate::powertrain::Powertrain;

/// A customer's car, as it is today.
pub(super) struct Car {
    pub(super) plate: &'static str,
    pub(super) year: i16,
    pub(super) powertrain: Powertrain,
    /// Miles on the odometer.
    pub(super) mileage: i32,
    pub(super) vin: &'static str,
    pub(super) color: &'static str,
    pub(super) make: &'static str,
    pub(super) model: &'static str,
    /// What the owner goes by.
    pub(super) owner: &'static str,
}

impl Car {
    /// What its odometer showed some days ago: a car of this town goes some thirty miles a day.
    pub(super) fn mileage_before(&self, days: i32) -> i32 {
        (self.mileage - 31 * days).max(self.mileage / 3)
    }
}

/// A car a line: plate, year, powertrain, miles, VIN, color, make, model, owner.
macro_rules! cars {
    ($($plate:literal $year:literal $powertrain:ident $mileage:literal $vin:literal $color:literal $make:literal
       $model:literal $owner:literal;)+) => {
        &[$(Car {
            plate: $plate, year: $year, powertrain: Powertrain::$powertrain, mileage: $mileage, vin: $vin,
            color: $color, make: $make, model: $model, owner: $owner,
        }),+]
    };
}

pub(super) const CARS: &[Car] = cars! {
    "8FKD 312"  2018 Combustion  64_210 "2HGFC2F22JH010307" "Silver" "Honda" "Civic EX" "Fernández-Villanueva";
    "TRK 90417" 2021 Combustion  48_930 "1FTEW1E92MF058578" "White"  "Ford" "F-150 SuperCrew Lariat" "Bluewater";
    "TRK 77120" 2019 Combustion  91_400 "1FTYR1Z66KK106849" "White"  "Ford" "Transit 250" "Bluewater";
    "7XYA 448"  2013 Hybrid     118_760 "JTDKDTB37D1155120" "Blue"   "Toyota" "Prius c" "Park";
    "6LMR 027"  2015 Combustion  97_350 "4S4BSAC03F3203391" "Green"  "Subaru" "Outback 2.5i" "Brandt";
    "8CNT 903"  2019 Combustion  58_120 "5FNYF6H72KB251662" "Black"  "Honda" "Pilot" "Brandt";
    "9BWP 551"  2019 Combustion  41_870 "3VWH17A49KM299933" "Red"    "Volkswagen" "Golf Alltrack" "Adeyemi-Whitfield";
    "4TCV 880"  2009 Combustion 133_020 "1J4FA24169L348204" "Yellow" "Jeep" "Wrangler" "Castellano";
    "EV 2KL9"   2022 Electric    22_640 "KM8KRDA8XNU396475" "Gray"   "Hyundai" "Ioniq 5" "Raghunathan";
    "7KLM 204"  2016 Combustion 104_380 "3GCUKRE59GG444746" "Black"  "Chevrolet" "Silverado 1500" "Vandenberghe";
    "5HHG 619"  2020 Combustion  39_110 "JM3KFBC28L0493017" "Red"    "Mazda" "CX-5" "Sørensen";
    "2NEM 773"  2011 Combustion 126_540 "WBAPK7C92BE541288" "Blue"   "BMW" "328i xDrive" "Montgomery-Oyelaran";
    "8DAV 106"  2017 Combustion  72_900 "KNMAT2M62HP589559" "White"  "Nissan" "Rogue SV" "Hernandez";
    "3PQS 942"  2014 Combustion  88_260 "KNDJP3A31E7637830" "Green"  "Kia" "Soul" "Brooks";
    "6VTR 385"  2012 Combustion 112_480 "5FNRL5H06CB686101" "Gray"   "Honda" "Odyssey EX-L" "Santos-Whitaker";
    "7RJB 019"  2019 Hybrid      52_330 "JTMRWRF77KJ734372" "Silver" "Toyota" "RAV4 Hybrid" "Volkov";
    "2GHX 518"  2001 Combustion 168_900 "WBABN53461J782643" "Silver" "BMW" "330Ci" "Volkov";
    "UTE 4471"  2006 Combustion 187_650 "3D7KS28116G830914" "Brown"  "Dodge" "Ram 2500" "Tuttle";
    "9CDA 230"  2018 Combustion  88_140 "1FMCU9G88JU879185" "Blue"   "Ford" "Escape SE" "Kowalczyk";
    "4UHB 607"  2004 Combustion 201_300 "YV1SW595141927456" "Green"  "Volvo" "V70 2.5T" "Kowalczyk";
    "5YUE 714"  2010 Combustion 109_470 "2T2BK1B28AC975727" "White"  "Lexus" "RX 350" "Beauchamp-Delacroix";
    "8MOL 662"  2023 Electric    18_720 "5YJ3E1E96PF023998" "White"  "Tesla" "Model 3" "Ito";
    "6WDR 441"  2011 Combustion 142_080 "2T1BU4E63BC072269" "Beige"  "Toyota" "Corolla" "Ito";
    "1ZZK 095"  2008 Combustion  76_240 "2G4WD583881120540" "Gold"   "Buick" "LaCrosse" "Pell";
    "8SPK 274"  2020 Electric    31_560 "1G1FY6S07L4168811" "Orange" "Chevrolet" "Bolt EV" "Nwosu";
    "7M40 185"  2005 Combustion 176_310 "5TETX22775Z217082" "Red"    "Toyota" "Tacoma" "Rosenthal";
    "4MXT 329"  1999 Combustion 121_900 "JM1NB3548X0265353" "Green"  "Mazda" "MX-5 Miata" "Rosenthal";
    "8ABJ 560"  2017 Combustion  66_740 "2HKRW2H15HH313624" "Blue"   "Honda" "CR-V" "Tanabe";
    "6KRN 112"  2008 Combustion 139_450 "JH4CL968X8C361895" "Gray"   "Acura" "TSX" "Tanabe";
    "BKR 3318"  2016 Combustion  98_020 "3N6CM0K58GK410166" "White"  "Nissan" "NV200" "Bayview";
    "BKR 3402"  2020 Combustion  57_880 "ZFBHRFA23L6458437" "White"  "Ram" "ProMaster City" "Bayview";
    "7FOR 268"  2014 Combustion 108_930 "JF2SJAC98EH506708" "Blue"   "Subaru" "Forester" "McAllister";
    "9HTC 741"  2021 Combustion  27_150 "JF2GTAP66M8554979" "Orange" "Subaru" "Crosstrek" "McAllister";
    "7JZL 936"  2015 Combustion  83_610 "3HGGK5H37FM603250" "Yellow" "Honda" "Fit" "Ferreira";
    "9CVX 053"  2021 Hybrid      44_270 "5TDKRKE07MS651521" "Gray"   "Toyota" "Sienna" "Haddad";
    "7AKD 617"  2013 Combustion 115_840 "YV4902D79D2699792" "Black"  "Volvo" "XC60" "Lindqvist";
    "EV 7RB2"   2022 Electric    19_930 "YV4ED3U41N2748063" "White"  "Volvo" "XC40 Recharge" "Lindqvist";
    "7TRD 408"  2016 Combustion  79_360 "WAUENAF18GA796334" "Gray"   "Audi" "A4" "Achterberg";
    "6URY 823"  2012 Combustion 131_700 "1FAHP3K86CL844605" "Silver" "Ford" "Focus" "Jackson";
    "9DLC 190"  2019 Combustion  50_490 "1FTER4F51KL892876" "Blue"   "Ford" "Ranger" "Jackson";
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::text::{Plate, Vin};

    #[test]
    fn vins_have_the_right_check_digit_and_name_the_year() {
        for car in CARS {
            let vin: Vin = car.vin.parse().expect("a VIN");
            assert_eq!((vin.doubt(), vin.model_year()), (None, Some(car.year)), "{}", car.plate);
        }
    }

    #[test]
    fn no_two_cars_have_the_same_plate() {
        let plates: HashSet<_> = CARS.iter().map(|car| car.plate.parse::<Plate>().expect("a plate").key()).collect();
        assert_eq!(plates.len(), CARS.len());
    }
}
