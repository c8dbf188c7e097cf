/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

/** Among which weights scores are compared. */
public enum PruningScope {
    /** One threshold for the whole network: layers become unequally sparse. */
    GLOBAL,
    /** Every layer gets the same sparsity. */
    PER_LAYER
}
