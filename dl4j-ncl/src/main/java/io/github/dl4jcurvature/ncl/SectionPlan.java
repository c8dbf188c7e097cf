/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.ParameterSection;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One parameter matrix of a layer: where its parts lie and what is remembered of it. Part of the network's JSON.
 *
 * <p>The matrix has shape [rows, columns] = [augmented inputs, outputs]; its rows come from parts, each of which lies in memory
 * column by column. Parameters of which no structure is known are a single column.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class SectionPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    /** What is remembered of earlier tasks. */
    enum Memory {
        /** Two Kronecker factors of the precision. */
        KRONECKER,
        /** The mean second moment of the inputs. */
        INPUTS,
        /** Mean second moments of inputs and pre-activations. */
        INPUTS_AND_OUTPUTS,
        /** The diagonal of the precision. */
        ELEMENTWISE,
        /** The prior before the first task. */
        FIRST_PRIOR,
        /** Nothing. */
        NOTHING
    }

    private final long columns;
    private final long[] starts;
    private final long[] rows;
    private final Memory memory;
    private final boolean captured;

    SectionPlan(
            @JsonProperty("columns") long columns,
            @JsonProperty("starts") long[] starts,
            @JsonProperty("rows") long[] rows,
            @JsonProperty("memory") Memory memory,
            @JsonProperty("captured") boolean captured) {
        this.columns = columns;
        this.starts = starts.clone();
        this.rows = rows.clone();
        this.memory = memory;
        this.captured = captured;
    }

    static SectionPlan of(ParameterSection section, Memory memory) {
        return new SectionPlan(
                section.outputs(),
                section.parts().stream().mapToLong(ParameterSection.Part::start).toArray(),
                section.parts().stream()
                        .mapToLong(ParameterSection.Part::columns)
                        .toArray(),
                memory,
                section.captured());
    }

    Memory memory() {
        return memory;
    }

    /** Whether inputs and errors of the matrix are available; else only the flat gradient is. */
    boolean captured() {
        return captured;
    }

    long rows() {
        return Arrays.stream(rows).sum();
    }

    long columns() {
        return columns;
    }

    /** First element, counted from the first parameter of the layer. */
    long start() {
        return starts[0];
    }

    /** Elements of state. */
    long stateSize() {
        return switch (memory) {
            case KRONECKER, INPUTS_AND_OUTPUTS ->
                StateSlots.sizeOfSymmetric(rows()) + StateSlots.sizeOfSymmetric(columns);
            case INPUTS -> StateSlots.sizeOfSymmetric(rows());
            case ELEMENTWISE, FIRST_PRIOR -> StateSlots.sizeOf(rows() * columns);
            case NOTHING -> 0;
        };
    }

    /** Views of the parts in a vector of the layer's parameters, each of shape [rows of the part, columns]. */
    List<INDArray> parts(INDArray flat) {
        List<INDArray> parts = new ArrayList<>();
        for (int part = 0; part < starts.length; part++) {
            parts.add(flat.get(NDArrayIndex.interval(starts[part], starts[part] + rows[part] * columns))
                    .reshape('f', rows[part], columns));
        }
        return parts;
    }

    /** Views of the rows of each part in a matrix. */
    List<INDArray> rowsOf(INDArray matrix) {
        if (starts.length == 1) {
            return List.of(matrix);
        }
        List<INDArray> views = new ArrayList<>();
        long row = 0;
        for (long count : rows) {
            views.add(matrix.get(NDArrayIndex.interval(row, row + count), NDArrayIndex.all()));
            row += count;
        }
        return views;
    }

    /** Copies part by part, whatever the types. */
    static void copy(List<INDArray> from, List<INDArray> to) {
        for (int part = 0; part < from.size(); part++) {
            to.get(part).assign(from.get(part));
        }
    }

    /** Copies the matrix out of a vector of the layer's parameters. */
    void gather(INDArray flat, INDArray matrix) {
        copy(parts(flat), rowsOf(matrix));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SectionPlan that
                && columns == that.columns
                && Arrays.equals(starts, that.starts)
                && Arrays.equals(rows, that.rows)
                && memory == that.memory
                && captured == that.captured;
    }

    @Override
    public int hashCode() {
        return Objects.hash(columns, Arrays.hashCode(starts), Arrays.hashCode(rows), memory, captured);
    }

    @Override
    public String toString() {
        return "%d x %d %s".formatted(rows(), columns, memory);
    }
}
