/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Copies of arrays as they were before an iteration that may be refused. The memory of the copies is used again. */
public final class KeptArrays {
    private List<INDArray> live = List.of();
    private final List<INDArray> copies = new ArrayList<>();

    /** Nothing is kept yet. */
    public KeptArrays() {}

    /**
     * Copies arrays in place of those that were kept before.
     *
     * @param arrays of rank 1, live: {@link #undo} writes to them
     */
    public void keep(List<INDArray> arrays) {
        live = List.copyOf(arrays);
        for (int i = 0; i < live.size(); i++) {
            INDArray source = live.get(i);
            if (i == copies.size()) {
                copies.add(like(source));
            } else if (copies.get(i).length() != source.length()) {
                copies.set(i, like(source));
            }
            copies.get(i).assign(source);
        }
    }

    private static INDArray like(INDArray source) {
        return Nd4j.createUninitializedDetached(source.dataType(), source.length());
    }

    /** Writes the copies back; nothing if none were kept. */
    public void undo() {
        for (int i = 0; i < live.size(); i++) {
            live.get(i).assign(copies.get(i));
        }
    }
}
