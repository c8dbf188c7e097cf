/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.Map;
import java.util.Objects;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.util.SameDiffUtils;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.ExternalErrorsFunction;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Corrects a fault of the host: a graph whose gradient comes from outside gets it several times over.
 *
 * <p>In ND4J 1.0.0-M2.1 {@code ExternalErrorsFunction} registers the gradient it is given and returns it as well, so that
 * it counts twice. Every {@code SameDiffLayer}, {@code SameDiffLambdaLayer}, {@code SameDiffVertex} and
 * {@code SameDiffLambdaVertex} of Deeplearning4j therefore returns twice the gradient of its parameters and of its input,
 * a stack of k of them 2^k times. How often the host counts is measured once, on a graph of one number, so that nothing
 * is corrected where the fault is mended.
 */
public final class HostGradient {
    private HostGradient() {}

    private static final class Measured {
        static final double TIMES = measure();

        private Measured() {}
    }

    /**
     * How often this host counts a gradient from outside.
     *
     * @return 2 in version 1.0.0-M2.1; 1 where the fault is mended
     */
    public static double multiplicity() {
        return Measured.TIMES;
    }

    /**
     * Wraps the output of a layer so that its gradients are right. Do this once, on what {@code defineLayer} or
     * {@code defineVertex} returns, and not in a {@code SameDiffOutputLayer}, which is right.
     *
     * @param output the output of the layer
     * @return the same values; the variable itself if this host counts once
     */
    public static SDVariable corrected(SDVariable output) {
        MatrixEquationOps.register();
        if (multiplicity() == 1) {
            return output;
        }
        return new GradientScaleOp(output.getSameDiff(), 1 / multiplicity(), output).outputVariables()[0];
    }

    /** The gradient of 3 w with respect to w, given a gradient of 1 from outside, over 3. */
    private static double measure() {
        SameDiff graph = SameDiff.create();
        SDVariable w = graph.var("w", Nd4j.ones(DataType.DOUBLE, 1));
        SDVariable y = w.mul("y", 3);
        ExternalErrorsFunction outside = SameDiffUtils.externalErrors(graph, null, y);
        outside.outputVariable();
        INDArray one = Nd4j.ones(DataType.DOUBLE, 1);
        Map<String, INDArray> gradients = graph.calculateGradients(Map.of(outside.getGradPlaceholderName(), one), "w");
        return Objects.requireNonNull(gradients.get("w")).getDouble(0) / 3;
    }
}
