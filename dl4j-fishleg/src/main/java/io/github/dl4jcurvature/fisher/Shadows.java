/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

/** The two twins of a model that Fisher-vector products need. */
interface Shadows {
    /** A twin at the model's present parameters. */
    OutputPasses shadow();

    /** A twin whose own parameters may be overwritten. */
    OutputPasses perturbed();
}
