/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A flat vector over the trained variables of a graph, with a view for each. */
final class GraphVector {
    private final INDArray flat;
    private final Map<String, INDArray> views = new LinkedHashMap<>();

    GraphVector(GraphLayout layout) {
        flat = Nd4j.createUninitializedDetached(layout.type(), layout.length());
        flat.assign(0);
        layout.variables().forEach(name -> views.put(name, layout.view(flat, name)));
    }

    /** Shape [n], live. */
    INDArray flat() {
        return flat;
    }

    /** Takes the values of all variables; those without a value become zero. */
    void gather(Function<String, @Nullable INDArray> values) {
        views.forEach((name, view) -> {
            INDArray value = values.apply(name);
            if (value == null) {
                view.assign(0);
            } else {
                view.assign(value.rank() == view.rank() ? value : value.reshape(view.shape()));
            }
        });
    }

    /** Copies the value of one variable into an array of its length. */
    void copyTo(String name, INDArray target) {
        target.assign(shaped(name, target));
    }

    /** The value of one variable in the shape of an array of its length: a live view. */
    INDArray shaped(String name, INDArray like) {
        INDArray view = view(name);
        return like.rank() == view.rank() ? view : view.reshape(like.shape());
    }

    /** The value of one variable: a live view. */
    INDArray view(String name) {
        INDArray view = views.get(name);
        if (view == null) {
            throw new IllegalArgumentException("variable '%s' is not trained".formatted(name));
        }
        return view;
    }
}
