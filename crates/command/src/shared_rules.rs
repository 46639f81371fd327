//! The rules that everybody in a process decides by; they are replaced when a pack or a calendar is published.

use domain::Rules;
use std::sync::{Arc, PoisonError, RwLock};

/// A handle on the rules in force.
#[derive(Clone, Debug)]
pub struct SharedRules(Arc<RwLock<Arc<Rules>>>);

impl SharedRules {
    /// Begins with these rules.
    pub fn new(rules: Rules) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(rules))))
    }

    /// The rules as they are now; a decision takes them once.
    pub fn now(&self) -> Arc<Rules> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts other rules in their place.
    pub fn replace(&self, rules: Rules) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }
}
