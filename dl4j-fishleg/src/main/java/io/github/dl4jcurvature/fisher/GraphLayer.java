/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import io.github.dl4jcurvature.fisher.ParameterSection.Kind;
import io.github.dl4jcurvature.fisher.ParameterSection.Part;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/**
 * Variables of a graph that make up one block of curvature: a weight matrix with its bias, or a single variable.
 *
 * <p>In flat vectors a matrix lies as the inputs of its first output, those of the second, and so on, followed by the bias:
 * the host's layout of a dense layer.
 *
 * @param weight name of the matrix, or of the single variable
 * @param weightShape its shape
 * @param bias name of the bias, or null
 * @param matrix the product of the matrix; null if unknown
 * @param elementwise whether the variable acts element by element, as far as is known
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record GraphLayer(
        String weight,
        long[] weightShape,
        @Nullable String bias,
        @Nullable GraphMatrix matrix,
        boolean elementwise) {

    /** The names that a user gave to a matrix and its bias. */
    record Names(String weight, @Nullable String bias) {}

    /** A matrix that the user named. */
    static GraphLayer named(SameDiff graph, Names names) {
        String place = "layer(\"%s\", ...)".formatted(names.weight());
        long[] shape = trainable(graph, place, names.weight()).getShape();
        if (shape.length != 2) {
            throw new IllegalArgumentException(
                    "%s must name a matrix but '%s' has %d dimensions; leave it out, it then has a diagonal block"
                            .formatted(place, names.weight(), shape.length));
        }
        GraphLayer layer =
                new GraphLayer(names.weight(), shape, names.bias(), GraphMatrix.of(graph, names.weight()), false);
        if (names.bias() != null) {
            layer.checkBias(graph, place, names.bias());
        }
        return layer;
    }

    /** A variable that the user did not name: matrices have blocks of their own, all else is elementwise. */
    static GraphLayer unnamed(SameDiff graph, String variable) {
        long[] shape = graph.getVariable(variable).getShape();
        boolean matrix = shape.length == 2 && shape[0] > 1;
        return new GraphLayer(variable, shape, null, matrix ? GraphMatrix.of(graph, variable) : null, !matrix);
    }

    private static SDVariable trainable(SameDiff graph, String place, String name) {
        SDVariable variable = GraphNames.variable(graph, place, name);
        if (variable.getVariableType() != VariableType.VARIABLE || variable.getGradient() == null) {
            throw new IllegalArgumentException(
                    "%s names '%s', a %s on which the loss %s; name variables that are trained"
                            .formatted(
                                    place,
                                    name,
                                    variable.getVariableType(),
                                    variable.getVariableType() == VariableType.VARIABLE
                                            ? "does not depend"
                                            : "may depend, but which is not trained"));
        }
        return variable;
    }

    private void checkBias(SameDiff graph, String place, String name) {
        long length = length(trainable(graph, place, name).getShape());
        if (length != outputs()) {
            throw new IllegalArgumentException(
                    "%s pairs the bias '%s' of %d elements with '%s', which has %d outputs; name the bias of the same layer"
                            .formatted(place, name, length, weight, outputs()));
        }
        if (matrix != null && !matrix.hasBias(graph, name)) {
            throw new IllegalArgumentException(
                    "%s pairs '%s' with '%s', but it is not what is added to the product '%s', or is used elsewhere too; name the bias of the same layer, or none"
                            .formatted(place, name, weight, matrix.product()));
        }
    }

    private boolean transposed() {
        return matrix != null && matrix.transposed();
    }

    /** Order in which the weight lies in flat vectors. */
    char weightOrder() {
        return elementwise || transposed() ? 'c' : 'f';
    }

    long outputs() {
        return weightShape[transposed() ? 0 : 1];
    }

    /** Shape of the matrix as z = x W sees it. */
    long[] inputsAndOutputs() {
        return new long[] {weightLength() / outputs(), outputs()};
    }

    long weightLength() {
        return length(weightShape);
    }

    LayerParameters parameters() {
        long size = weightLength();
        if (elementwise) {
            ParameterSection section = new ParameterSection(Kind.ELEMENTWISE, 1, List.of(new Part(0, size)), 1, false);
            return new LayerParameters(weight, List.of(weight), List.of(size), List.of(section));
        }
        Part inputs = new Part(0, size / outputs());
        boolean captured = matrix != null;
        if (bias == null) {
            ParameterSection section = new ParameterSection(Kind.MATRIX, outputs(), List.of(inputs), 1, captured);
            return new LayerParameters(weight, List.of(weight), List.of(size), List.of(section));
        }
        List<Part> parts = List.of(inputs, new Part(size, 1));
        return new LayerParameters(
                weight,
                List.of(weight, bias),
                List.of(size, outputs()),
                List.of(new ParameterSection(Kind.MATRIX, outputs(), parts, 1, captured)));
    }

    private static long length(long[] shape) {
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        return length;
    }
}
