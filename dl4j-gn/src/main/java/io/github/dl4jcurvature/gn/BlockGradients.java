/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where the gradients of a coupling block's parameters are written to; in the shapes of the parameters. */
record BlockGradients(
        INDArray weightsF,
        @Nullable INDArray biasF,
        INDArray weightsG,
        @Nullable INDArray biasG) {}
