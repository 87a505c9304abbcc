//! What somebody is in their shop.

crate::text::text_enum! {
    /// What somebody is in their shop; what they may do follows from it.
    pub enum Role {
        /// Runs the desk: everything, but for the rules that bind everybody.
        ShopManager = "shop_manager",
        /// Inspects cars.
        Mechanic = "mechanic",
    }
}
