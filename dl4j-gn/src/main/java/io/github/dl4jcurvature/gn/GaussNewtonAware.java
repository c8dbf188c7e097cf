/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.List;

/** A layer that carries tangents and writes steps with a {@link GaussNewton} updater. */
interface GaussNewtonAware {
    /** How the last step was solved for, from the first block to the last. */
    List<BlockReport> reports();
}
