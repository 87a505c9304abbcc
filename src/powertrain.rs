//! What drives a vehicle. It decides which parts of the catalogue a mechanic sees.

crate::text::text_enum! {
    /// What drives a vehicle.
    #[derive(Default)]
    pub enum Powertrain {
        /// An engine alone, gasoline or diesel. What a vehicle is until somebody says otherwise.
        #[default]
        Combustion = "combustion",
        /// An engine and a high-voltage battery, with or without a plug.
        Hybrid = "hybrid",
        /// A high-voltage battery alone.
        Electric = "electric",
    }
}
