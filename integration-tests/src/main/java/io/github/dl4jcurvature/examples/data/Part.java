/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

/** Disjoint parts of a data set. */
public enum Part {
    /** Examples the parameters are fitted to. */
    TRAIN,
    /** Examples settings are chosen on. */
    VALIDATION,
    /** Examples that only reported figures see. */
    TEST
}
