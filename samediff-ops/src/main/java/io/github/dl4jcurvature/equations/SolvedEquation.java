/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.linalg.ColumnMajor;

/** One solved equation of a batch, with the factors that its derivatives need. */
interface SolvedEquation {

    /** A result; not to be modified. */
    ColumnMajor output(Output output);

    /** Gradients with respect to the given arguments of a loss with these cotangents. */
    Map<Argument, ColumnMajor> gradients(Map<Output, ColumnMajor> cotangents);

    /** Directional derivatives of all outputs. */
    Map<Output, ColumnMajor> derivatives(Map<Argument, ColumnMajor> directions);

    /** What, with the arguments, restores it. */
    List<ColumnMajor> factors();

    /** Residual of the equation relative to the norms of its terms. */
    double relativeResidual();
}
