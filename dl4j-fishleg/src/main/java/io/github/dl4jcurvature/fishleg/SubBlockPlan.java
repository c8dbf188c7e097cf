/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.fisher.ParameterSection;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One diagonal block of Q: where its parameters lie in the layer and which form it has. Part of the network's JSON.
 *
 * <p>The parameters are a matrix of shape [outputs, joint]; its columns come from parts that lie in memory row by row. A
 * block without outputs is elementwise over a single part.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class SubBlockPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long outputs; // 0: elementwise
    private final long[] starts;
    private final long[] columns;
    private final boolean diagonalOutputs;
    private final boolean diagonalInputs;
    private final FishLeg.Form form;

    SubBlockPlan(
            @JsonProperty("outputs") long outputs,
            @JsonProperty("starts") long[] starts,
            @JsonProperty("columns") long[] columns,
            @JsonProperty("diagonalOutputs") boolean diagonalOutputs,
            @JsonProperty("diagonalInputs") boolean diagonalInputs,
            @JsonProperty("form") FishLeg.Form form) {
        this.outputs = outputs;
        this.starts = starts.clone();
        this.columns = columns.clone();
        this.diagonalOutputs = diagonalOutputs;
        this.diagonalInputs = diagonalInputs;
        this.form = form;
    }

    /** The blocks of all sections of a layer. */
    static List<SubBlockPlan> of(LayerParameters layer, BlockShape shape) {
        List<SubBlockPlan> plans = new ArrayList<>();
        for (ParameterSection section : layer.sections()) {
            int groups = shape.separateGates() ? section.groups() : 1;
            for (int group = 0; group < groups; group++) {
                plans.add(of(section, group, groups, shape));
            }
        }
        return plans;
    }

    private static SubBlockPlan of(ParameterSection section, int group, int groups, BlockShape shape) {
        boolean elementwise = section.kind() == ParameterSection.Kind.ELEMENTWISE;
        long rows = section.outputs() / groups;
        long[] columns = section.parts().stream()
                .mapToLong(ParameterSection.Part::columns)
                .toArray();
        long[] starts = section.parts().stream()
                .mapToLong(part -> part.start() + group * rows * part.columns())
                .toArray();
        return new SubBlockPlan(
                elementwise ? 0 : rows,
                starts,
                columns,
                elementwise || rows > shape.maxDimension(),
                section.kind() != ParameterSection.Kind.MATRIX || section.columns() > shape.maxDimension(),
                shape.form());
    }

    boolean isElementwise() {
        return outputs == 0;
    }

    /** Rows of the matrix; 1 for an elementwise block. */
    long rows() {
        return Math.max(outputs, 1);
    }

    /** Columns of the matrix. */
    long joint() {
        return Arrays.stream(columns).sum();
    }

    int parts() {
        return starts.length;
    }

    long start(int part) {
        return starts[part];
    }

    long columns(int part) {
        return columns[part];
    }

    /** Number of elements of \( \lambda \). */
    long factors() {
        if (isElementwise()) {
            return joint();
        }
        long sides = KroneckerSides.size(rows(), joint(), diagonalOutputs, diagonalInputs);
        return form == FishLeg.Form.KRONECKER ? sides : sides + rows() * joint();
    }

    /** Whether the product can be formed from the inputs and errors of a batch. */
    boolean hasRankForm() {
        return !isElementwise() && !diagonalOutputs && !diagonalInputs && form == FishLeg.Form.KRONECKER;
    }

    /** Whether that is cheaper than the product with the full gradient. */
    boolean isRankCheaper(long batchRows) {
        return hasRankForm() && KroneckerInverse.isRankCheaper(rows(), joint(), batchRows);
    }

    /** The inverse Fisher block on the given factors. */
    InverseFisher inverse(INDArray lambda) {
        if (isElementwise()) {
            return new DiagonalInverse(lambda);
        }
        if (form == FishLeg.Form.SCALED_KRONECKER) {
            long sides = KroneckerSides.size(rows(), joint(), diagonalOutputs, diagonalInputs);
            return new ScaledKroneckerInverse(
                    sides(Factors.slice(lambda, 0, sides)), Factors.matrix(lambda, sides, rows(), joint()));
        }
        return sides(lambda);
    }

    private InverseFisher sides(INDArray lambda) {
        return diagonalOutputs || diagonalInputs
                ? new KroneckerSides(rows(), joint(), diagonalOutputs, diagonalInputs, lambda)
                : new KroneckerInverse(rows(), joint(), lambda);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SubBlockPlan that
                && outputs == that.outputs
                && Arrays.equals(starts, that.starts)
                && Arrays.equals(columns, that.columns)
                && diagonalOutputs == that.diagonalOutputs
                && diagonalInputs == that.diagonalInputs
                && form == that.form;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                outputs, Arrays.hashCode(starts), Arrays.hashCode(columns), diagonalOutputs, diagonalInputs, form);
    }

    @Override
    public String toString() {
        return isElementwise() ? "diagonal %d".formatted(joint()) : "%d x %d".formatted(rows(), joint());
    }
}
